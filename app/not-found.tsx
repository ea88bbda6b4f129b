import { MessagePage } from "#components/states/message-page.tsx";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <MessagePage title="There is nothing here" main>
      The address may be mistyped, or what it named is gone, or your role may not see it.
    </MessagePage>
  );
}
