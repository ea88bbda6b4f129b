"use client";
// Where people are told, and of what.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ChannelForm } from "#components/settings/channel-form.tsx";
import { offLook } from "#components/settings/looks.ts";
import { RemoveButton } from "#components/settings/remove-button.tsx";
import { RoutesForm } from "#components/settings/routes-form.tsx";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { GuardedButton } from "#components/shell/guarded-button.tsx";
import { Chip } from "#components/states/chip.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { channelsQuery, deleteChannel, routesQuery, testChannel } from "#lib/client/channels.ts";
import { channelKindWords } from "#lib/client/desk-words.ts";
import { refusalWords } from "#lib/client/refusal.ts";
import { holdWords } from "#lib/client/words.ts";
import type { Channel } from "#lib/contract/channel.ts";
import styles from "./settings.module.css";

export function ChannelsScreen() {
  return (
    <SettingsFrame>
      <div className={styles.sections}>
        <Channels />
        <RoutesSection />
      </div>
    </SettingsFrame>
  );
}

function Channels() {
  const client = useQueryClient();
  const { data: channels, error, refetch } = useQuery(channelsQuery());
  const [edited, setEdited] = useState<Channel | "new" | null>(null);
  const refresh = async () => {
    for (const queryKey of [["channels"], ["routes"]]) await client.invalidateQueries({ queryKey });
  };
  if (channels === undefined) {
    if (error) return <QueryError what="Channels" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading channels" rows={3} />;
  }
  return (
    <section className={styles.section} aria-labelledby="channels">
      <div className={styles.head}>
        <h2 id="channels">Channels</h2>
        <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited("new")}>
          New channel
        </Button>
      </div>
      {channels.length === 0 ? (
        <EmptyState title="Nobody is told yet.">
          A channel is a place of a provider: a Slack channel, e-mail addresses, or a webhook. Make one, then
          a route that says what it is told of.
        </EmptyState>
      ) : (
        <ul className={styles.list} aria-label="Channels">
          {channels.map((channel) => (
            <ChannelItem
              key={channel.slug}
              channel={channel}
              channels={channels}
              onEdit={() => setEdited(channel)}
              onChanged={refresh}
            />
          ))}
        </ul>
      )}
      <Dialog
        title={edited === "new" ? "New channel" : `Channel ${edited?.name ?? ""}`}
        opened={edited !== null}
        onClose={() => setEdited(null)}
      >
        {edited !== null && (
          <ChannelForm
            channel={edited === "new" ? null : edited}
            channels={channels}
            onClose={() => setEdited(null)}
            onSaved={async () => {
              await refresh();
              setEdited(null);
              notifications.show({ message: "Saved." });
            }}
          />
        )}
      </Dialog>
    </section>
  );
}

type ItemProps = {
  channel: Channel;
  channels: readonly Channel[];
  onEdit: () => void;
  onChanged: () => Promise<void>;
};

function ChannelItem({ channel, channels, onEdit, onChanged }: ItemProps) {
  const { slug, name, kind, provider, providerName, address, enabled, hold, lastSentAt, fallback } = channel;
  const standIn = channels.find((other) => other.slug === fallback);
  return (
    <li className={styles.item} data-testid="channel">
      <div className={styles.text}>
        <p className={styles.name}>
          {name} {!enabled && <Chip look={offLook} />}
        </p>
        <p className={styles.quiet}>
          {channelKindWords[kind]} by{" "}
          <Link href={`/providers/${provider}`} prefetch={false} style={{ color: "var(--accent)" }}>
            {providerName}
          </Link>
          {address !== "" && ` · ${address}`}
        </p>
        <p className={styles.quiet}>
          {lastSentAt === null ? (
            "Nothing has arrived there yet"
          ) : (
            <>
              Last message arrived <RelativeTime at={lastSentAt} />
            </>
          )}
          {fallback !== null && ` · while it is down, ${standIn?.name ?? fallback} is told`}
          {hold !== null && ` · nothing goes there now: ${holdWords[hold]}`}
        </p>
      </div>
      <div className={styles.acts}>
        <TestButton channel={channel} />
        <GuardedButton size="xs" variant="default" whyNot={null} about={name} onClick={onEdit}>
          Change…
        </GuardedButton>
        <RemoveButton
          name={name}
          sentence="The routes to it go with it. What is on its way still arrives."
          whyNot={null}
          onRemove={async () => {
            await deleteChannel(slug);
            await onChanged();
          }}
        />
      </div>
    </li>
  );
}

function TestButton({ channel: { slug, name } }: { channel: Channel }) {
  const [busy, setBusy] = useState(false);
  const test = async () => {
    setBusy(true);
    try {
      const { recordId, hold } = await testChannel(slug);
      notifications.show({
        title: hold === null ? "A test is on its way" : `The test waits: ${holdWords[hold]}`,
        message: (
          <Link href={`/records/${recordId}`} style={{ color: "var(--accent)" }}>
            See whether it arrives
          </Link>
        ),
        autoClose: 15_000,
      });
    } catch (error) {
      notifications.show({
        title: "Not sent",
        message: refusalWords(error),
        color: "red",
        autoClose: 10_000,
      });
    }
    setBusy(false);
  };
  return (
    <GuardedButton
      size="xs"
      variant="default"
      whyNot={busy ? "It is being sent." : null}
      about={name}
      onClick={() => void test()}
    >
      Send a test
    </GuardedButton>
  );
}

function RoutesSection() {
  const { data: channels } = useQuery(channelsQuery());
  const { data: routes, error, refetch } = useQuery(routesQuery());
  return (
    <section className={styles.section} aria-labelledby="routes">
      <h2 id="routes">Routes</h2>
      <p className={styles.quiet}>
        Every route that fits tells its channel. Of one failure group or alert there is one message a channel,
        brought up to date in place.
      </p>
      {routes === undefined || channels === undefined ? (
        error ? (
          <QueryError what="Routes" error={error} retry={() => void refetch()} />
        ) : (
          <LoadingState label="Loading routes" rows={2} />
        )
      ) : (
        <RoutesForm routes={routes} channels={channels} />
      )}
    </section>
  );
}
