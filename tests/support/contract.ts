// Holds what the API answers against its own description: an answer that is not described is a fault of one of the two.
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { type DescribedOperation, openApi } from "#lib/contract/openapi.ts";
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";
import type { Operation } from "#lib/contract/operation.ts";
import { operations } from "#lib/contract/operations/index.ts";

// The package is CommonJS: what it exports is the function itself, whatever its types say.
const addFormats = ajvFormats as unknown as typeof ajvFormats.default;

export const description = openApi(operations, "0.0.0");

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(description, "openapi");

export type Exchange = {
  method: string;
  /** Below `/api/v1`, with or without the names of its parameters in place of their values. */
  path: string;
  /** What was sent, where it was JSON. */
  sent?: unknown;
  status: number;
  headers: Headers;
  /** Null where it could not be read, or is a stream. */
  text: string | null;
};

/** What is not as it is described; nothing when all is well. */
export function faultsOf(exchange: Exchange): string[] {
  const { method, status, headers } = exchange;
  const template = templateOf(exchange.path, method);
  if (template === null) return [`${method} ${exchange.path} is not described`];
  const operation = description.paths[template]?.[method.toLowerCase()] as DescribedOperation;
  const at = `/paths/${escaped(template)}/${method.toLowerCase()}`;
  const answer = responseAt(operation, `${at}/responses/${status}`, status);
  if (answer === null) return [`${method} ${template} answered ${status}, which is not described`];
  const about = `${method} ${template} ${status}`;
  return [
    ...headerFaults(answer.headers, headers).map((fault) => `${about}: ${fault}`),
    ...bodyFaults(answer, exchange).map((fault) => `${about}: ${fault}`),
    ...(status < 300 ? sentFaults(operation, at, exchange.sent).map((fault) => `${about}: ${fault}`) : []),
  ];
}

/** @throws Error when the answer is not one that the description knows. */
export function holdToContract(
  { operation }: { operation?: Operation },
  { status, headers }: Pick<Exchange, "status" | "headers">,
  text: string | null,
  sent?: unknown,
): void {
  if (!operation) return;
  const isRaw = typeof sent === "string" || operation.takes !== undefined;
  const faults = faultsOf({ ...operation, status, headers, text, sent: isRaw ? undefined : sent });
  if (faults.length > 0) throw new Error(`not as the description has it:\n${faults.join("\n")}`);
}

type Described = { headers: Record<string, { required?: boolean }>; types: string[]; at: string };

function responseAt(operation: DescribedOperation, at: string, status: number): Described | null {
  const given = operation.responses[status];
  if (!given) return null;
  const name = "$ref" in given ? given.$ref.slice("#/components/responses/".length) : null;
  const response = name === null ? given : description.components.responses[name];
  if (!response || "$ref" in response) throw new Error(`${at} leads nowhere`);
  return {
    headers: (response.headers ?? {}) as Described["headers"],
    types: Object.keys(response.content ?? {}),
    at: name === null ? at : `/components/responses/${name}`,
  };
}

/** Of HTTP itself, of the server in front, or the same on every answer. */
const usual = new Set(
  `cache-control content-type content-length content-encoding transfer-encoding connection keep-alive date vary
  x-accel-buffering x-content-type-options x-frame-options referrer-policy content-security-policy
  strict-transport-security permissions-policy cross-origin-opener-policy`.split(/\s+/),
);

function headerFaults(described: Described["headers"], headers: Headers): string[] {
  const missing = Object.keys(described).filter((name) => described[name]?.required && !headers.has(name));
  const unknown = [...headers.keys()].filter((name) => !usual.has(name) && !(name in described));
  return [
    ...missing.map((name) => `the header ${name} is missing`),
    ...unknown.map((name) => `the header ${name} is not described`),
    ...(headers.has("cache-control") ? [] : ["it does not say whether it may be kept (cache-control)"]),
  ];
}

function bodyFaults({ types, at }: Described, { headers, text }: Exchange): string[] {
  const type = headers.get("content-type")?.split(";")[0] ?? null;
  if (type === null) return text ? ["a body without a content type"] : [];
  if (!types.includes(type)) return [`the content type ${type} is not described`];
  if (text === null || !type.endsWith("json")) return [];
  return schemaFaults(`${at}/content/${escaped(type)}/schema`, JSON.parse(text));
}

/** What was taken must be what the description says that one may send. */
function sentFaults(operation: DescribedOperation, at: string, sent: unknown): string[] {
  if (sent === undefined || !operation.requestBody) return [];
  const faults = schemaFaults(`${at}/requestBody/content/application~1json/schema`, sent);
  return faults.map((fault) => `what was sent: ${fault}`);
}

function schemaFaults(pointer: string, value: unknown): string[] {
  const validate = ajv.getSchema(`openapi#${encodeURI(pointer)}`);
  if (!validate) throw new Error(`there is no schema at ${pointer}`);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || "body"} ${message} ${JSON.stringify(params)}`,
  );
}

/** What does not fit a schema of the description. */
export function schemaFaultsOf(schema: JsonSchema, value: unknown): string[] {
  const validate = ajv.compile({ ...withWholeRefs(schema) });
  return validate(value) ? [] : [ajv.errorsText(validate.errors)];
}

const withWholeRefs = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'));

const escaped = (part: string): string => part.replaceAll("~", "~0").replaceAll("/", "~1");

/** The described path that an address is; where two fit, that with the fewer parameters. */
export function templateOf(path: string, method: string): string | null {
  const parts = path.split("/");
  const fitting = Object.keys(description.paths)
    .filter((template) => description.paths[template]?.[method.toLowerCase()])
    .filter((template) => {
      const named = template.split("/");
      return (
        named.length === parts.length &&
        named.every((part, nth) => part === parts[nth] || part.startsWith("{"))
      );
    });
  const parameters = (template: string) => template.split("{").length;
  return fitting.sort((one, other) => parameters(one) - parameters(other))[0] ?? null;
}
