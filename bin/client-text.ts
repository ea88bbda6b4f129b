// The typed client's source: a type for each shape of the contract, a method for each operation. Types are written out, so
// that an application needs nothing of ours to read them.
import { z } from "zod";
import type { Operation } from "#lib/contract/operation.ts";

type Io = "input" | "output";
type Schema = {
  [key: string]: unknown;
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  $defs?: Record<string, Schema>;
};

/** Not what others prove otherwise who they are for, nor streams and files. */
const isForClients = ({ may, takes, answers }: Operation): boolean =>
  !(typeof may === "object" && "proof" in may) && takes === undefined && answers === undefined;

const head = `// Made by "npm run clients" from the operations of the API. Do not edit it.

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What any call takes beside its own. */
export type CallOptions = {
  /** Under one key a write happens once; one is made for each write unless you give yours. */
  idempotencyKey?: string;
  /** The version that a change is for; another one refuses it with \`version_mismatch\`. */
  ifMatch?: number;
  signal?: AbortSignal;
};
`;

/** @param names what shapes are called that more than one operation may use. */
export function clientText(all: readonly Operation[], names: ReadonlyMap<z.ZodType, string>): string {
  const ours = all.filter(isForClients).toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const shapes = collect(names);
  // What is answered has its plain name, so that goes first: what is sent gets another where it differs.
  for (const { output } of ours) if (output) shapes.render(output, "output");
  const methods = ours.map((operation) => methodOf(operation, shapes.render));
  return [
    head,
    ...shapes.declarations(),
    "/** Every operation of the API that a key can use. */",
    `export interface Calls {\n${methods.map(({ signature }) => signature).join("\n")}\n}\n`,
    "/** Where each goes, and whether it takes a body or a query. */",
    `export const operations = {\n${methods.map(({ row }) => row).join("\n")}\n} as const;\n`,
  ].join("\n");
}

type Render = (schema: z.ZodType, io: Io) => string;

function methodOf(operation: Operation, render: Render): { signature: string; row: string } {
  const { id, method, path, summary, description, may, input, query, output } = operation;
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
  const takes = input ? "body" : query ? "query" : "nothing";
  const given = input
    ? [isOptional(input) ? `body?: ${render(input, "input")}` : `body: ${render(input, "input")}`]
    : query
      ? [`query?: ${queryText(query, render)}`]
      : [];
  const needs = [may].flat().join(" or ");
  const words = [summary, ...(description ? [description] : []), `Needs the permission ${needs}.`]
    .map(sentence)
    .join(" ");
  const answers = output ? render(output, "output") : "null";
  return {
    signature: `  /** ${words} */\n  ${id}(${[...params, ...given, "options?: CallOptions"].join(", ")}): Promise<${answers}>;`,
    row: `  ${id}: { method: "${method}", path: "${path}", takes: "${takes}" },`,
  };
}

const sentence = (text: string) => (/[.:]$/.test(text) ? text : `${text}.`);

/** Whether nothing at all may be sent: every field has a default or may be left out. */
const isOptional = (input: z.ZodType) => input.safeParse({}).success;

/** What is read from an address is text there; a program gives numbers as numbers. */
function queryText(query: z.ZodObject, render: Render): string {
  const fields = Object.entries(query.shape).map(([name, shape]) => {
    const text = render(shape as z.ZodType, "output").replace(/ \| undefined$/, "");
    return `${name}?: ${text}`;
  });
  return `{ ${fields.join("; ")} }`;
}

/** Shapes by name, each declared once it is used. */
function collect(names: ReadonlyMap<z.ZodType, string>) {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const declared = new Map<string, string>();

  const render: Render = (schema, io) => {
    const whole = z.toJSONSchema(schema, { io, metadata: registry, unrepresentable: "any" }) as Schema;
    const defs = whole.$defs ?? {};
    // An interface of the application's own is no \`Json\` to the type checker, and may be sent all the same.
    const json = io === "input" ? "unknown" : "Json";
    const text = (part: Schema) => typeText(part, { json, nameOf: (name) => nameOf(name, io) });
    for (const [name, def] of Object.entries(defs)) {
      if (!isAnonymous(name)) declared.set(nameOf(name, io), text(def));
    }
    return text(whole);
  };

  /** Shapes that are answered: what is sent of them has a name of its own. */
  const answered = new Set<string>();
  const nameOf = (name: string, io: Io) => {
    if (io === "output") answered.add(name);
    return io === "input" && answered.has(name) ? `${name}Input` : name;
  };

  return {
    render,
    declarations: () => [...declared].sort().map(([name, text]) => `export type ${name} = ${text};\n`),
  };
}

const isAnonymous = (name: string) => name.startsWith("__schema");

/** How any JSON value is called, and a shape with a name. */
type Words = { json: string; nameOf: (name: string) => string };

/** A JSON Schema as zod writes it, as a TypeScript type. */
function typeText(schema: Schema, words: Words): string {
  const { json, nameOf } = words;
  const text = (part: Schema): string => typeText(part, words);
  const union = (parts: readonly string[]) => [...new Set(parts)].join(" | ");
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    return isAnonymous(name) ? json : nameOf(name);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return union(several.map(text));
  if (schema.allOf) return schema.allOf.map(text).join(" & ");
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => text({ ...schema, type })));
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
    case "null":
      return schema.type;
    case "array":
      return schema.prefixItems
        ? `readonly [${schema.prefixItems.map(text).join(", ")}]`
        : `readonly (${text(schema.items ?? {})})[]`;
    case "object":
      return objectText(schema, text);
    default:
      return json;
  }
}

function objectText(schema: Schema, text: (part: Schema) => string): string {
  const needed = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, part]) => `${keyOf(name)}${needed.has(name) ? "" : "?"}: ${text(part)}`,
  );
  if (fields.length > 0) return `{ ${fields.join("; ")} }`;
  const others = schema.additionalProperties;
  return others !== null && typeof others === "object"
    ? `{ readonly [name: string]: ${text(others)} }`
    : "{ readonly [name: string]: never }";
}

const keyOf = (name: string) => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));
