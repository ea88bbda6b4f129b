"use client";
import { PasswordInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { FieldMessage, useField } from "#components/policy/errors.tsx";
import { below, ChoiceField, TextField } from "#components/policy/fields.tsx";
import { Fields, FormSection, type SectionProps } from "#components/policy/form-section.tsx";
import { authKinds } from "#lib/client/policy-words.ts";
import type { ProviderAuth } from "#lib/contract/policy.ts";

type Kind = ProviderAuth["kind"];
type Of<K extends Kind> = Extract<ProviderAuth, { kind: K }>;

const kinds = (Object.keys(authKinds) as Kind[]).map((value) => ({ value, label: authKinds[value] }));

type Props = SectionProps & {
  /** What is stored: of the same kind its secret stays unless another is typed. */
  stored: ProviderAuth;
};

export function AuthSection({ draft, change, stored }: Props) {
  const { auth } = draft;
  const set = (changed: ProviderAuth) => change({ auth: changed });
  const isStored = stored.kind === auth.kind;
  return (
    <FormSection
      title="Authentication"
      about="How requests prove who we are. Secrets are stored sealed and are never shown again."
    >
      <Fields>
        <ChoiceField
          field="auth"
          label="Kind"
          wide
          value={auth.kind}
          choices={kinds}
          onChange={(kind) => set(kind === stored.kind ? stored : fresh[kind])}
        />
      </Fields>
      {auth.kind === "header" && <HeaderFields auth={auth} isStored={isStored} onChange={set} />}
      {auth.kind === "basic" && <BasicFields auth={auth} isStored={isStored} onChange={set} />}
      {auth.kind === "standard_webhooks" && <SigningFields auth={auth} isStored={isStored} onChange={set} />}
      {auth.kind === "oauth2_client_credentials" && (
        <TokenFields auth={auth} isStored={isStored} onChange={set} />
      )}
    </FormSection>
  );
}

const fresh: { [K in Kind]: Of<K> } = {
  none: { kind: "none" },
  header: { kind: "header", name: "Authorization", value: null },
  basic: { kind: "basic", user: "", password: null },
  standard_webhooks: { kind: "standard_webhooks", secrets: null },
  oauth2_client_credentials: {
    kind: "oauth2_client_credentials",
    tokenUrl: "",
    clientId: "",
    clientSecret: null,
    scope: null,
    audience: null,
    send: "basic",
  },
};

type KindProps<K extends Kind> = { auth: Of<K>; isStored: boolean; onChange: (auth: Of<K>) => void };

function HeaderFields({ auth, isStored, onChange }: KindProps<"header">) {
  return (
    <Fields>
      <TextField
        field="auth.name"
        label="Header's name"
        mono
        value={auth.name}
        onChange={(name) => onChange({ ...auth, name })}
      />
      <SecretField
        field="auth.value"
        label="Header's value"
        isStored={isStored}
        value={auth.value}
        onChange={(value) => onChange({ ...auth, value })}
      />
    </Fields>
  );
}

function BasicFields({ auth, isStored, onChange }: KindProps<"basic">) {
  return (
    <Fields>
      <TextField
        field="auth.user"
        label="User"
        value={auth.user}
        onChange={(user) => onChange({ ...auth, user })}
      />
      <SecretField
        field="auth.password"
        label="Password"
        isStored={isStored}
        value={auth.password}
        onChange={(password) => onChange({ ...auth, password })}
      />
    </Fields>
  );
}

function TokenFields({ auth, isStored, onChange }: KindProps<"oauth2_client_credentials">) {
  const optional = (text: string) => (text === "" ? null : text);
  return (
    <Fields>
      <TextField
        field="auth.tokenUrl"
        label="Token address"
        wide
        placeholder="https://login.example/token"
        value={auth.tokenUrl}
        onChange={(tokenUrl) => onChange({ ...auth, tokenUrl })}
      />
      <TextField
        field="auth.clientId"
        label="Client id"
        value={auth.clientId}
        onChange={(clientId) => onChange({ ...auth, clientId })}
      />
      <SecretField
        field="auth.clientSecret"
        label="Client secret"
        isStored={isStored}
        value={auth.clientSecret}
        onChange={(clientSecret) => onChange({ ...auth, clientSecret })}
      />
      <TextField
        field="auth.scope"
        label="Scope"
        placeholder="none"
        value={auth.scope ?? ""}
        onChange={(scope) => onChange({ ...auth, scope: optional(scope) })}
      />
      <TextField
        field="auth.audience"
        label="Audience"
        placeholder="none"
        value={auth.audience ?? ""}
        onChange={(audience) => onChange({ ...auth, audience: optional(audience) })}
      />
      <ChoiceField
        field="auth.send"
        label="The client secret goes"
        value={auth.send}
        choices={[
          { value: "basic", label: "in the Authorization header" },
          { value: "post", label: "in the body" },
        ]}
        onChange={(send) => onChange({ ...auth, send })}
      />
    </Fields>
  );
}

const keep = "Stored. Type to replace it.";

type SecretProps = {
  field: string;
  label: string;
  isStored: boolean;
  value: string | null;
  onChange: (value: string | null) => void;
};

function SecretField({ field, label, isStored, value, onChange }: SecretProps) {
  return (
    <PasswordInput
      {...below}
      label={label}
      description={isStored && value === null ? keep : undefined}
      placeholder={isStored ? "stored" : ""}
      {...useField(field)}
      autoComplete="new-password"
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  );
}

type Secret = NonNullable<Of<"standard_webhooks">["secrets"]>[number];

function SigningFields({ auth, isStored, onChange }: KindProps<"standard_webhooks">) {
  const [text, setText] = useState("");
  const lines = auth.secrets?.length ?? 0;
  return (
    <>
      <Textarea
        {...below}
        label="Signing secrets"
        description={`${isStored && lines === 0 ? `${keep} ` : ""}One a line, the newest first; each signs. With “until 2026-12-01T00:00Z” after it, a secret signs until then.`}
        placeholder={isStored ? "stored" : "whsec_…"}
        {...useField("auth.secrets")}
        autosize
        minRows={2}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          const secrets = typed
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "")
            .map(secretOf);
          onChange({ ...auth, secrets: secrets.length === 0 ? null : secrets });
        }}
      />
      {Array.from({ length: lines }, (_, line) => `auth.secrets.${line}`).map((field) => (
        <FieldMessage key={field} field={field} />
      ))}
    </>
  );
}

function secretOf(line: string): Secret {
  const [, secret, until] = /^(\S+)\s+until\s+(\S+)$/.exec(line) ?? [];
  return secret !== undefined && until !== undefined ? { secret, until } : line;
}
