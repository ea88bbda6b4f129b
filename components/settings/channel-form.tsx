"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ChoiceField, SwitchField, TextField } from "#components/policy/fields.tsx";
import { NameFields } from "#components/settings/name-fields.tsx";
import { SaveForm } from "#components/settings/save-form.tsx";
import { createChannel, patchChannel } from "#lib/client/channels.ts";
import { channelKindWords } from "#lib/client/desk-words.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import type { Channel, CreateChannel } from "#lib/contract/channel.ts";
import { type ChannelKind, channelKinds } from "#lib/core/desk.ts";

type Props = {
  /** Null for a new one. */
  channel: Channel | null;
  channels: readonly Channel[];
  onClose: () => void;
  onSaved: () => Promise<void>;
};

const addresses: Record<ChannelKind, { label: string; description: string; placeholder: string }> = {
  slack: {
    label: "Slack channel's id",
    description: "In Slack: the channel's name, About, at the bottom.",
    placeholder: "C0123456789",
  },
  email: {
    label: "E-mail addresses",
    description: "One, or several separated by commas.",
    placeholder: "team@example.org",
  },
  webhook: { label: "", description: "", placeholder: "" },
};

type Draft = Required<CreateChannel>;

export function ChannelForm({ channel, channels, onClose, onSaved }: Props) {
  const { data: overview } = useQuery(overviewQuery());
  const providers = (overview?.providers ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const [draft, setDraft] = useState<Draft>(
    channel ?? {
      slug: "",
      name: "",
      kind: "slack",
      provider: "",
      address: "",
      fallback: null,
      enabled: true,
    },
  );
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = async () => {
    const { slug, kind, name, provider, address, fallback, enabled } = draft;
    const settings = { name, provider, address: kind === "webhook" ? "" : address, fallback, enabled };
    if (channel === null) await createChannel({ slug, kind, ...settings });
    else await patchChannel(slug, channel.version, settings);
    await onSaved();
  };
  const others = channels.filter(({ slug }) => slug !== channel?.slug);
  const { kind } = draft;
  return (
    <SaveForm
      onCancel={onClose}
      check={() => (draft.provider === "" ? [{ field: "provider", message: "must be chosen" }] : [])}
      onSave={save}
    >
      <NameFields draft={draft} isNew={channel === null} description="It stays for ever." onChange={change} />
      {channel === null && (
        <ChoiceField
          field="kind"
          label="Kind"
          value={kind}
          choices={channelKinds.map((value) => ({ value, label: channelKindWords[value] }))}
          onChange={(chosen) => change({ kind: chosen })}
        />
      )}
      <ChoiceField
        field="provider"
        label="Provider"
        description={
          kind === "webhook"
            ? "It is sent to this provider's address."
            : `The provider of ours that speaks ${channelKindWords[kind]}.`
        }
        value={draft.provider}
        choices={[{ value: "", label: "Choose one" }, ...providers]}
        onChange={(provider) => change({ provider })}
      />
      {kind !== "webhook" && (
        <TextField
          field="address"
          {...addresses[kind]}
          value={draft.address}
          onChange={(address) => change({ address })}
        />
      )}
      <ChoiceField
        field="fallback"
        label="While it is down, tell instead"
        value={draft.fallback ?? ""}
        choices={[
          { value: "", label: "Nobody" },
          ...others.map(({ slug, name }) => ({ value: slug, label: name })),
        ]}
        onChange={(fallback) => change({ fallback: fallback || null })}
      />
      <SwitchField
        field="enabled"
        label="Switched on"
        value={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
    </SaveForm>
  );
}
