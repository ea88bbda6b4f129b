import { MessagePage } from "#components/states/message-page.tsx";

export default function NotFound() {
  return (
    <MessagePage title="There is nothing here">
      No such record or provider: the address may be mistyped, or it was purged, or your role may not see it.
    </MessagePage>
  );
}
