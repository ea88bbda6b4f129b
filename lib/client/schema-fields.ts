// A JSON Schema as rows that people read: each member with its place, what it may be, and whether it must be there.
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";

export type SchemaField = {
  /** Like `limits.perMinute`, and `items[].id` in a list. */
  path: string;
  /** In words: "text, 1 to 200 characters, or null". */
  type: string;
  isRequired: boolean;
};

type Schemas = Record<string, JsonSchema>;

/** Deeper ones are named, not opened. */
const depthMax = 4;

/** All members, those within others after them. */
export function schemaFields(schema: JsonSchema, components: Schemas): SchemaField[] {
  const open = (schema: JsonSchema, path: string, depth: number): SchemaField[] => {
    const whole = resolved(schema, components);
    const inner = withoutNull(whole, components);
    if (depth > depthMax) return [];
    if (inner.type === "array") return open((inner.items ?? {}) as JsonSchema, `${path}[]`, depth);
    const properties = (inner.properties ?? {}) as Schemas;
    const required = (inner.required ?? []) as string[];
    return Object.entries(properties).flatMap(([name, member]) => {
      const at = path === "" ? name : `${path}.${name}`;
      const field = { path: at, type: typeWords(member, components), isRequired: required.includes(name) };
      return [field, ...open(member, at, depth + 1)];
    });
  };
  return open(schema, "", 0);
}

function resolved(schema: JsonSchema, components: Schemas): JsonSchema {
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
  return name === undefined ? schema : (components[name] ?? {});
}

/** Of "this or null", this. */
function withoutNull(schema: JsonSchema, components: Schemas): JsonSchema {
  const choices = choicesOf(schema).filter(({ type }) => type !== "null");
  const [only] = choices;
  return only && choices.length === 1 ? resolved(only, components) : schema;
}

const choicesOf = (schema: JsonSchema): JsonSchema[] => (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[];

/** What a value may be. */
export function typeWords(given: JsonSchema, components: Schemas): string {
  const schema = resolved(given, components);
  const choices = choicesOf(schema);
  if (choices.length > 0)
    return [...new Set(choices.map((choice) => typeWords(choice, components)))].join(", or ");
  const usual = "default" in schema ? `; ${JSON.stringify(schema.default)} unless said` : "";
  return `${plainWords(schema, components)}${usual}`;
}

function plainWords(schema: JsonSchema, components: Schemas): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" · ");
  switch (schema.type) {
    case "string":
      return `${formats[String(schema.format)] ?? "text"}${boundsOf(schema.minLength, schema.maxLength, " characters")}`;
    case "integer":
      return `whole number${boundsOf(schema.minimum, schema.maximum)}`;
    case "number":
      return `number${boundsOf(schema.minimum, schema.maximum)}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return `list of ${typeWords((schema.items ?? {}) as JsonSchema, components)}`;
    case "object":
      return "object";
    default:
      return "any JSON";
  }
}

const formats: Record<string, string> = {
  "date-time": "time",
  uuid: "UUID",
  uri: "URL",
  email: "e-mail address",
};

function boundsOf(least: unknown, most: unknown, unit = ""): string {
  if (typeof most !== "number") return typeof least === "number" ? `, at least ${least}${unit}` : "";
  return typeof least === "number" ? `, ${least} to ${most}${unit}` : `, at most ${most}${unit}`;
}
