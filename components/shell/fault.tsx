import { Alert } from "@mantine/core";

/** Why a form's act was not done; nothing while there is no reason. */
export function Fault({ why }: { why: string | null }) {
  if (!why) return null;
  return (
    <Alert color="red" role="alert" c="var(--red-ink)">
      {why}
    </Alert>
  );
}
