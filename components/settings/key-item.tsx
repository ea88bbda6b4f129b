"use client";
import { notifications } from "@mantine/notifications";
import { IconBan, IconCircleCheck, IconClockOff } from "@tabler/icons-react";
import { useState } from "react";
import { ChoiceField } from "#components/policy/fields.tsx";
import { ActForm } from "#components/shell/act-form.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
// One key in the list, and what one may do with it.
import { Chip, type Look } from "#components/states/chip.tsx";
import { ClockTime } from "#components/time/clock-time.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import {
  boundsWords,
  keyStateWords,
  mayWords,
  type OverlapChoice,
  overlapChoices,
  revokeKey,
  rotateKey,
} from "#lib/client/keys.ts";
import type { ApiKey, KeyState, ShownKey } from "#lib/contract/key.ts";
import styles from "./settings.module.css";

const looks: Record<KeyState, Look> = {
  active: { tone: "green", icon: IconCircleCheck, word: keyStateWords.active },
  expired: { tone: "amber", icon: IconClockOff, word: keyStateWords.expired },
  revoked: { tone: "stone", icon: IconBan, word: keyStateWords.revoked },
};

type Props = {
  apiKey: ApiKey;
  nameOf: (provider: string) => string;
  onEdit: () => void;
  onRotated: (shown: ShownKey) => void;
  onChanged: () => Promise<void>;
};

export function KeyItem({ apiKey, nameOf, onEdit, onRotated, onChanged }: Props) {
  const { name, state, hint } = apiKey;
  const bounds = boundsWords(apiKey, nameOf);
  return (
    <li className={styles.item} data-testid="key">
      <div className={styles.text}>
        <p className={styles.name}>
          {name} <Chip look={looks[state]} testId="key-state" state={state} />
        </p>
        <p className={styles.quiet}>
          {mayWords(apiKey)}
          {bounds !== null && ` · ${bounds}`}
          {hint !== null && (
            <>
              {" · "}
              <code>{hint}…</code>
            </>
          )}
        </p>
        <p className={styles.quiet}>
          <Uses apiKey={apiKey} />
        </p>
      </div>
      {state !== "revoked" && (
        <div className={styles.acts}>
          {state === "active" && <RotateButton apiKey={apiKey} onRotated={onRotated} />}
          <GuardedButton size="xs" variant="default" whyNot={null} about={name} onClick={onEdit}>
            Change…
          </GuardedButton>
          <RevokeButton apiKey={apiKey} onChanged={onChanged} />
        </div>
      )}
    </li>
  );
}

function Uses({
  apiKey: { lastUsedAt, expiresAt, formerUntil, createdBy, createdAt, ...key },
}: {
  apiKey: ApiKey;
}) {
  return (
    <>
      {lastUsedAt === null ? (
        "Never used"
      ) : (
        <>
          Last used <RelativeTime at={lastUsedAt} />
        </>
      )}
      {" · "}
      {key.revokedAt !== null ? (
        <>
          revoked <ClockTime at={key.revokedAt} />
          {key.revokedBy !== null && ` by ${key.revokedBy}`}
        </>
      ) : expiresAt === null ? (
        "never expires"
      ) : (
        <>
          {key.state === "expired" ? "expired" : "expires"} <ClockTime at={expiresAt} />
        </>
      )}
      {formerUntil !== null && key.revokedAt === null && (
        <>
          {" · what it was before works until "}
          <ClockTime at={formerUntil} />
        </>
      )}
      {" · made "}
      <ClockTime at={createdAt} />
      {createdBy !== null && ` by ${createdBy}`}
    </>
  );
}

function RotateButton({ apiKey, onRotated }: Pick<Props, "apiKey" | "onRotated">) {
  const [asking, setAsking] = useState(false);
  const [overlap, setOverlap] = useState<OverlapChoice>("86400");
  return (
    <>
      <GuardedButton
        size="xs"
        variant="default"
        whyNot={null}
        about={apiKey.name}
        onClick={() => setAsking(true)}
      >
        Rotate…
      </GuardedButton>
      <Dialog title={`Rotate ${apiKey.name}`} opened={asking} onClose={() => setAsking(false)}>
        <ActForm
          verb="Make a new key"
          onClose={() => setAsking(false)}
          onAct={async () => onRotated(await rotateKey(apiKey, Number(overlap)))}
        >
          {() => (
            <>
              <p className={styles.quiet}>
                The program gets a new key with the same rights. Give it time to take the new one up.
              </p>
              <ChoiceField
                field="overlapSeconds"
                label="The present key works for"
                value={overlap}
                choices={overlapChoices}
                onChange={setOverlap}
              />
            </>
          )}
        </ActForm>
      </Dialog>
    </>
  );
}

function RevokeButton({ apiKey, onChanged }: Pick<Props, "apiKey" | "onChanged">) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <GuardedButton
        size="xs"
        variant="subtle"
        color="gray"
        c="var(--ink)"
        whyNot={null}
        about={apiKey.name}
        onClick={() => setAsking(true)}
      >
        Revoke…
      </GuardedButton>
      <Dialog title={`Revoke ${apiKey.name}`} opened={asking} onClose={() => setAsking(false)}>
        <ActForm
          verb="Revoke it"
          color="red.9"
          onClose={() => setAsking(false)}
          onAct={async () => {
            await revokeKey(apiKey);
            notifications.show({ message: `${apiKey.name} is revoked.` });
            await onChanged();
          }}
        >
          {() => (
            <p className={styles.quiet}>
              Its next request is refused, with this key and with what it was before. There is no way back.
            </p>
          )}
        </ActForm>
      </Dialog>
    </>
  );
}
