// One operation: a line, and opened all that it takes, answers and refuses.
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Fields, Parameters } from "#components/docs/schema-rows.tsx";
import { Ticked } from "#components/docs/ticked.tsx";
import { CodeBlock } from "#components/records/code-block.tsx";
import tones from "#components/states/tone.module.css";
import type { Listed } from "#lib/client/openapi.ts";
import type { OpenApi } from "#lib/contract/openapi.ts";
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";
import styles from "./docs.module.css";

const toneOf: Record<string, string | undefined> = {
  GET: tones.blue,
  POST: tones.green,
  PUT: tones.amber,
  PATCH: tones.amber,
  DELETE: tones.red,
};

type Components = OpenApi["components"];
type Props = { operation: Listed; components: Components; isAskedFor: boolean };

export function OperationEntry({ operation, components, isAskedFor }: Props) {
  const { operationId, method, path, summary } = operation;
  const entry = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isAskedFor) return;
    setOpen(true);
    entry.current?.scrollIntoView({ block: "start" });
  }, [isAskedFor]);
  return (
    <details
      ref={entry}
      id={operationId}
      className={styles.entry}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className={styles.line}>
        <span className={`${styles.method} ${toneOf[method] ?? ""}`}>{method}</span>
        <code className={styles.path}>{path}</code>
        <span className={styles.summary}>{summary}</span>
      </summary>
      {isOpen && <Opened operation={operation} components={components} />}
    </details>
  );
}

type Content = Record<string, { schema?: JsonSchema; example?: unknown }>;

function Opened({ operation, components }: Omit<Props, "isAskedFor">) {
  const { description, parameters, requestBody, responses, operationId } = operation;
  const [takes, body] =
    Object.entries((requestBody as { content?: Content } | undefined)?.content ?? {})[0] ?? [];
  const answers = Object.entries(responses).flatMap(([status, response]) => {
    const found = "$ref" in response ? components.responses[nameIn(response.$ref)] : response;
    return found && !("$ref" in found) ? [[status, found] as const] : [];
  });
  const given = answers.filter(([status]) => Number(status) < 400);
  const refused = answers.filter(([status]) => Number(status) >= 400);
  return (
    <div className={styles.opened}>
      <Ticked text={description ?? ""} />
      <Parameters parameters={parameters} schemas={components.schemas} />
      {body?.schema && (
        <Part title="Body" type={takes}>
          <Fields schema={body.schema} schemas={components.schemas} empty="An empty object." />
          <Example name={`A body of ${operationId}`} value={body.example} />
        </Part>
      )}
      {given.map(([status, response]) => (
        <Answer
          key={status}
          status={status}
          response={response}
          components={components}
          operationId={operationId}
        />
      ))}
      <div className={styles.block}>
        <h3 className={styles.head}>Refusals</h3>
        <ul className={styles.refusals}>
          {refused.map(([status, { description }]) => (
            <li key={status}>
              <b>{status}</b> <Ticked text={description} inline />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

const nameIn = (ref: string): string => ref.split("/").at(-1) ?? "";

type AnswerProps = {
  status: string;
  response: Components["responses"][string];
  components: Components;
  operationId: string;
};

function Answer({ status, response, components, operationId }: AnswerProps) {
  const [type, content] = Object.entries((response.content ?? {}) as Content)[0] ?? [];
  return (
    <Part title={`${status} answer`} type={type ?? "no body"}>
      {type === "application/json" && content?.schema && (
        <Fields
          schema={content.schema}
          schemas={components.schemas}
          empty="Nothing more is said of it."
          isAnswer
        />
      )}
      <Example name={`An answer of ${operationId}`} value={content?.example} />
    </Part>
  );
}

function Part({ title, type, children }: { title: string; type?: string; children: ReactNode }) {
  return (
    <div className={styles.block}>
      <h3 className={styles.head}>
        {title} {type && <span className={styles.quiet}>{type}</span>}
      </h3>
      {children}
    </div>
  );
}

const Example = ({ name, value }: { name: string; value: unknown }) =>
  value === undefined ? null : <CodeBlock label={name} value={value} />;
