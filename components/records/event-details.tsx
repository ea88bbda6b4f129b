// The long parts of a timeline's entry, each folded: the provider's answer, what would have been sent, where we broke.
import { CodeBlock } from "#components/records/code-block.tsx";
import type { TimelineEvent } from "#lib/contract/record.ts";
import styles from "./record.module.css";

type Detail = TimelineEvent["detail"];

export function EventDetails({ detail }: { detail: Detail }) {
  const { body, response, stack, request } = detail;
  return (
    <>
      <Folded summary="The provider's answer" value={body} />
      <Folded summary="Answer kept" value={response} />
      <Folded summary="Where the adapter broke" value={stack} />
      {isObject(request) && <Folded summary="What would have been sent" value={requestText(request)} open />}
    </>
  );
}

type Props = { summary: string; value: unknown; open?: boolean };

/** Nothing when there is nothing. */
function Folded({ summary, value, open = false }: Props) {
  if (value === undefined || value === null || value === "") return null;
  return (
    <details className={styles.answer} open={open}>
      <summary>{summary}</summary>
      <CodeBlock label={summary} value={value} />
    </details>
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As it would have stood on the wire; an adapter that sends by itself has the payload alone. */
function requestText(request: Record<string, unknown>): string {
  const { method, path, headers, body, ...rest } = request;
  if (typeof method !== "string") return JSON.stringify(rest, null, 2);
  const lines = isObject(headers) ? Object.entries(headers).map(([name, value]) => `${name}: ${value}`) : [];
  return [`${method} ${path}`, ...lines, "", pretty(body)].join("\n").trimEnd();
}

function pretty(body: unknown): string {
  if (typeof body !== "string") return body == null ? "" : JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
