"use client";
// Who sends us webhooks, at which address, and what came of it.
import { Button, CopyButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { InboundForm } from "#components/settings/inbound-form.tsx";
import { offLook } from "#components/settings/looks.ts";
import { RemoveButton } from "#components/settings/remove-button.tsx";
import { RotateForm } from "#components/settings/rotate-form.tsx";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { useCaller } from "#components/shell/caller.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { Chip } from "#components/states/chip.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { deleteSource, inboundQuery } from "#lib/client/inbound.ts";
import { hourWords, inboundKindWords, secretWords } from "#lib/client/inbound-words.ts";
import { whyNot } from "#lib/client/permissions.ts";
import type { InboundSource } from "#lib/contract/inbound.ts";
import styles from "./settings.module.css";

type Props = {
  /** This installation's own address, as senders reach it. */
  origin: string;
};

type Opened = { kind: "new" } | { kind: "change" | "rotate"; source: InboundSource };

export function InboundScreen({ origin }: Props) {
  return (
    <SettingsFrame may="see">
      <div className={styles.sections}>
        <Sources origin={origin} />
      </div>
    </SettingsFrame>
  );
}

function Sources({ origin }: Props) {
  const client = useQueryClient();
  const { role } = useCaller();
  const { data: sources, error, refetch } = useQuery(inboundQuery());
  const [opened, setOpened] = useState<Opened | null>(null);
  const denied = whyNot(role, "manage_providers");
  const refresh = () => client.invalidateQueries({ queryKey: ["inbound-sources"] });
  const close = () => setOpened(null);
  const saved = async () => {
    await refresh();
    close();
    notifications.show({ message: "Saved." });
  };
  if (sources === undefined) {
    if (error) return <QueryError what="Sources" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading sources" rows={3} />;
  }
  return (
    <section className={styles.section} aria-labelledby="sources">
      <div className={styles.head}>
        <h2 id="sources">Webhooks in</h2>
        <GuardedButton
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden />}
          whyNot={denied}
          onClick={() => setOpened({ kind: "new" })}
        >
          New source
        </GuardedButton>
      </div>
      {sources.length === 0 ? (
        <EmptyState title="Nobody sends webhooks here yet.">
          A source is one sender: it has an address of its own, proves who it is, and each of its calls
          becomes a record of the provider that you choose.
        </EmptyState>
      ) : (
        <ul className={styles.list} aria-label="Sources">
          {sources.map((source) => (
            <SourceItem
              key={source.slug}
              source={source}
              address={`${origin}${source.path}`}
              whyNotChange={denied}
              onOpen={setOpened}
              onRemove={async () => {
                await deleteSource(source.slug);
                await refresh();
              }}
            />
          ))}
        </ul>
      )}
      <Dialog title={opened === null ? "" : titleOf(opened)} opened={opened !== null} onClose={close}>
        {opened?.kind === "rotate" && <RotateForm source={opened.source} onClose={close} onSaved={saved} />}
        {opened?.kind === "change" && <InboundForm source={opened.source} onClose={close} onSaved={saved} />}
        {opened?.kind === "new" && <InboundForm source={null} onClose={close} onSaved={saved} />}
      </Dialog>
    </section>
  );
}

const titleOf = (opened: Opened): string =>
  opened.kind === "new"
    ? "New source"
    : `${opened.kind === "rotate" ? "A new secret for" : "Source"} ${opened.source.name}`;

type ItemProps = {
  source: InboundSource;
  address: string;
  whyNotChange: string | null;
  onOpen: (opened: Opened) => void;
  onRemove: () => Promise<void>;
};

function SourceItem({ source, address, whyNotChange, onOpen, onRemove }: ItemProps) {
  const { name, kind, provider, enabled, secrets, lastHour } = source;
  const { words, lastEnd } = secretWords(secrets);
  return (
    <li className={styles.item} data-testid="source">
      <div className={styles.text}>
        <p className={styles.name}>
          {name} {!enabled && <Chip look={offLook} />}
        </p>
        <p className={styles.quiet}>
          {inboundKindWords[kind]} · {words} {lastEnd !== null && <RelativeTime at={lastEnd} />} · becomes
          records of{" "}
          <Link href={`/providers/${provider}`} prefetch={false} style={{ color: "var(--accent)" }}>
            {provider}
          </Link>
        </p>
        <p className={styles.address}>
          <code>{address}</code>
          <CopyButton value={address}>
            {({ copied, copy }) => (
              <Button
                size="compact-xs"
                variant="default"
                onClick={copy}
                aria-label={`Copy the address of ${name}`}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </p>
        <p className={styles.quiet}>
          {lastHour.lastAcceptedAt === null ? (
            "Nothing has come yet"
          ) : (
            <>
              Last received <RelativeTime at={lastHour.lastAcceptedAt} />
            </>
          )}{" "}
          · {hourWords(lastHour)}
        </p>
        {lastHour.lastRefusal !== null && lastHour.lastRefusedAt !== null && (
          <p className={styles.quiet}>
            Last refused <RelativeTime at={lastHour.lastRefusedAt} />: {lastHour.lastRefusal}
          </p>
        )}
      </div>
      <div className={styles.acts}>
        <GuardedButton
          size="xs"
          variant="default"
          whyNot={whyNotChange}
          about={name}
          onClick={() => onOpen({ kind: "change", source })}
        >
          Change…
        </GuardedButton>
        <GuardedButton
          size="xs"
          variant="default"
          whyNot={whyNotChange}
          about={name}
          onClick={() => onOpen({ kind: "rotate", source })}
        >
          New secret…
        </GuardedButton>
        <RemoveButton
          name={name}
          sentence="Its sender gets a 404 from now on, and many give an event up then. To stop it for a while, switch it off instead: the sender comes again. Its records stay."
          whyNot={whyNotChange}
          onRemove={onRemove}
        />
      </div>
    </li>
  );
}
