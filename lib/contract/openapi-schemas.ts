// The zod shapes as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. A shape may mean one thing as it is sent and another
// as it is answered (defaults are filled in), so each is written once for both ways where they agree, else twice.
import { z } from "zod";

export type JsonSchema = { [keyword: string]: unknown };
type Way = "input" | "output";
type Schemas = Record<string, JsonSchema>;

const refTo = (id: string): string => `#/components/schemas/${id}`;

export type Shapes = {
  /** The schema of a shape: a reference to the component that it is, or written out. */
  schemaOf: (shape: z.ZodType, way: Way) => JsonSchema;
  components: Schemas;
};

/** Writes shapes as schemas, the named ones as components; `others` are all further ones that will be asked for. */
export function shapesOf(
  named: Record<string, z.ZodType>,
  others: Record<Way, readonly z.ZodType[]>,
): Shapes {
  const written = {
    input: write(named, others.input, "input"),
    output: write(named, others.output, "output"),
  };
  const twofold = twofoldOf(written.input.schemas, written.output.schemas);
  const sent = (id: string): string => (twofold.has(id) ? `${id}Input` : id);
  const asSent = (schema: JsonSchema): JsonSchema => withRefs(schema, sent);

  const components: Schemas = { Json: { description: "Any JSON value." } };
  const names = Object.keys(named);
  for (const id of names) components[id] = written.output.schemas[id] ?? {};
  for (const id of names.filter((id) => twofold.has(id)))
    components[sent(id)] = asSent(written.input.schemas[id] ?? {});

  const schemaOf = (shape: z.ZodType, way: Way): JsonSchema => {
    const id = written[way].idOf(shape);
    if (id === undefined)
      throw new Error("a shape was asked for that is neither a component nor was announced");
    if (Object.hasOwn(named, id)) return { $ref: refTo(way === "input" ? sent(id) : id) };
    const schema = written[way].schemas[id] ?? {};
    return way === "input" ? asSent(schema) : schema;
  };
  return { schemaOf, components };
}

type Written = { schemas: Schemas; idOf: (shape: z.ZodType) => string | undefined };

function write(named: Record<string, z.ZodType>, others: readonly z.ZodType[], io: Way): Written {
  const registry = z.registry<{ id: string }>();
  for (const [id, shape] of Object.entries(named)) registry.add(shape, { id });
  for (const [nth, shape] of others.entries())
    if (!registry.has(shape)) registry.add(shape, { id: `other${nth}` });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: refTo,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // What is answered is there.
      if (io === "output") delete jsonSchema.default;
      // The format says it shorter, and every integer in JSON is a safe one.
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.propertyNames && Object.keys(jsonSchema.propertyNames).join() === "type")
        delete jsonSchema.propertyNames;
    },
  });
  return {
    schemas: Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)])),
    idOf: (shape) => registry.get(shape)?.id,
  };
}

/** What zod shares between schemas is the recursive shape of any JSON value; that is a component of its own here. */
function plain(schema: unknown): JsonSchema {
  const { $schema, $id, ...rest } = schema as JsonSchema;
  return mapped(rest, (part) =>
    typeof part.$ref === "string" && part.$ref.includes("__shared") ? { $ref: refTo("Json") } : part,
  );
}

/** The names of components that are not the same when sent as when answered, or that hold one which is not. */
function twofoldOf(sent: Schemas, answered: Schemas): Set<string> {
  const names = Object.keys(answered).filter((id) => Object.hasOwn(sent, id));
  const twofold = new Set(names.filter((id) => JSON.stringify(sent[id]) !== JSON.stringify(answered[id])));
  for (let before = -1; before !== twofold.size; ) {
    before = twofold.size;
    for (const id of names) if (refsIn(sent[id] ?? {}).some((ref) => twofold.has(ref))) twofold.add(id);
  }
  return twofold;
}

const withRefs = (schema: JsonSchema, rename: (id: string) => string): JsonSchema =>
  mapped(schema, (part) =>
    typeof part.$ref === "string" ? { ...part, $ref: refTo(rename(idIn(part.$ref))) } : part,
  );

/** The components that a schema refers to. */
export function refsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(refsIn);
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" && value.startsWith(refTo(""))
      ? [idIn(value)]
      : refsIn(value),
  );
}

const idIn = (ref: string): string => ref.slice(refTo("").length);

function mapped(value: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return typeof value === "object" && value !== null ? mapped(value as JsonSchema, change) : value;
  };
  return change(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part)])));
}
