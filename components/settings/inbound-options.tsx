"use client";
// What the kinds without a recipe of their own want to know.
import { ChoiceField, NumberField, namesAsChoices, TextField } from "#components/policy/fields.tsx";
import type { InboundSource } from "#lib/contract/inbound.ts";
import {
  hmacAlgorithms,
  type InboundKind,
  signatureEncodings,
  toleranceSecondsDefault,
} from "#lib/core/inbound/kinds.ts";

type Options = InboundSource["options"];
type Props = { options: Options; onChange: (options: Options) => void };

/** What a new source of that kind begins with. */
export function optionsFor(kind: InboundKind): Options {
  switch (kind) {
    case "hmac":
      return {
        hmac: {
          algorithm: "sha256",
          header: "X-Signature",
          encoding: "hex",
          prefix: "",
          content: "{body}",
          timestampHeader: null,
          toleranceSeconds: toleranceSecondsDefault,
        },
      };
    case "basic":
      return { basic: { user: "" } };
    case "token":
      return { token: { header: "Authorization", prefix: "Bearer " } };
    default:
      return {};
  }
}

export function InboundOptionFields({ options, onChange }: Props) {
  const { hmac, basic, token } = options;
  if (hmac) return <HmacFields hmac={hmac} onChange={(hmac) => onChange({ hmac })} />;
  if (basic) {
    return (
      <TextField
        field="options.basic.user"
        label="User"
        value={basic.user}
        onChange={(user) => onChange({ basic: { user } })}
      />
    );
  }
  if (!token) return null;
  return (
    <>
      <TextField
        field="options.token.header"
        label="Header of the token"
        value={token.header}
        onChange={(header) => onChange({ token: { ...token, header } })}
      />
      <TextField
        field="options.token.prefix"
        label="Before the token"
        description="Like Bearer and a space; empty where the token stands alone."
        value={token.prefix}
        onChange={(prefix) => onChange({ token: { ...token, prefix } })}
      />
    </>
  );
}

type Hmac = NonNullable<Options["hmac"]>;

function HmacFields({ hmac, onChange }: { hmac: Hmac; onChange: (hmac: Hmac) => void }) {
  const change = (part: Partial<Hmac>) => onChange({ ...hmac, ...part });
  return (
    <>
      <TextField
        field="options.hmac.header"
        label="Header of the signature"
        value={hmac.header}
        onChange={(header) => change({ header })}
      />
      <TextField
        field="options.hmac.prefix"
        label="Before the signature"
        description="Like sha256=; empty where it stands alone."
        value={hmac.prefix}
        onChange={(prefix) => change({ prefix })}
      />
      <ChoiceField
        field="options.hmac.algorithm"
        label="Algorithm"
        value={hmac.algorithm}
        choices={namesAsChoices(hmacAlgorithms)}
        onChange={(algorithm) => change({ algorithm })}
      />
      <ChoiceField
        field="options.hmac.encoding"
        label="Encoding"
        value={hmac.encoding}
        choices={namesAsChoices(signatureEncodings)}
        onChange={(encoding) => change({ encoding })}
      />
      <TextField
        field="options.hmac.content"
        label="What is signed"
        description="{body}, and {timestamp} where a time is signed too, like {timestamp}.{body}."
        mono
        value={hmac.content}
        onChange={(content) => change({ content })}
      />
      <TextField
        field="options.hmac.timestampHeader"
        label="Header of the time"
        description="Empty where no time is signed."
        value={hmac.timestampHeader ?? ""}
        onChange={(name) => change({ timestampHeader: name.trim() || null })}
      />
      <NumberField
        field="options.hmac.toleranceSeconds"
        label="The time may be off by"
        unit="s"
        value={hmac.toleranceSeconds}
        onChange={(toleranceSeconds) => change({ toleranceSeconds })}
      />
    </>
  );
}
