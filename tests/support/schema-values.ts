// Values that nearly fit a JSON Schema: what a handler takes past its first check.
import fc from "fast-check";
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";

/** Texts that databases, headers and patterns stumble over, among plain ones. */
export const text = fc.oneof(
  { weight: 12, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        "",
        " ",
        "\u0000",
        "a\u0000b",
        "\ud800",
        "😀",
        "null",
        "__proto__",
        "constructor",
        "%",
        "../..",
        "'; --",
      ],
      ...["x".repeat(201), "x".repeat(5_000), "é".repeat(3_000)],
    ),
  },
);

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, true, 0, -0, 1e308, -1e308, 1e-320, 2 ** 53, 2 ** 63, [], {}, [[[[]]]]),
  text,
);

const dateTimes = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date("2020-01-01"), max: new Date("2035-01-01") })
    .map((at) => at.toISOString()),
  fc.constantFrom(
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-02-29T00:00:00Z",
    "2026-11-21T14:00:00+14:00",
  ),
);

/** Values that exist: a text may be one of them. */
export type Known = { slug: fc.Arbitrary<string>; id: fc.Arbitrary<string> };

export function valuesOf(
  schema: JsonSchema,
  components: Record<string, JsonSchema>,
  known: Known,
): fc.Arbitrary<unknown> {
  const of = (schema: JsonSchema, depth: number): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 60, arbitrary: fitting(schema, depth) }, { weight: 1, arbitrary: odd });

  const fitting = (schema: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    if (typeof schema.$ref === "string") {
      const name = schema.$ref.split("/").at(-1) ?? "";
      return depth > 12 ? odd : of(components[name] ?? {}, depth + 1);
    }
    const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
    if (choices) return fc.oneof(...choices.map((choice) => of(choice, depth + 1)));
    if ("const" in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...schema.enum);
    switch (schema.type) {
      case "object":
        return objects(schema, depth);
      case "array":
        return fc.array(of((schema.items ?? {}) as JsonSchema, depth + 1), { maxLength: 4 });
      case "string":
        return strings(schema);
      case "integer":
        return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.maxSafeInteger(), edges(schema));
      case "number":
        return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), edges(schema));
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      default:
        return odd;
    }
  };

  const strings = (schema: JsonSchema): fc.Arbitrary<unknown> => {
    if (schema.format === "date-time") return dateTimes;
    if (schema.format === "uuid")
      return fc.oneof({ weight: 8, arbitrary: known.id }, { weight: 1, arbitrary: fc.uuid() });
    if (schema.format === "uri")
      return fc.oneof(
        fc.webUrl(),
        fc.constantFrom("http://127.0.0.1:9/x", "handler:mail", "smtp://localhost"),
      );
    if (typeof schema.pattern === "string") {
      const fitting = fc.stringMatching(new RegExp(schema.pattern, "u"));
      const isSlug = schema.pattern.startsWith("^[a-z0-9][a-z0-9_-]");
      return isSlug
        ? fc.oneof({ weight: 6, arbitrary: known.slug }, { weight: 1, arbitrary: fitting })
        : fitting;
    }
    return text;
  };

  const objects = (schema: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    const {
      properties = {},
      required = [],
      additionalProperties,
    } = schema as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
      additionalProperties?: JsonSchema | boolean;
    };
    const optional = Object.keys(properties).filter((name) => !required.includes(name));
    // Few at once, for one that is wrong is enough to be refused.
    const named = fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain((some) => {
      const names = [...required, ...some].filter((name) => name in properties);
      const members = names.map((name) => [name, of(properties[name] ?? {}, depth + 1)]);
      return fc.record<Record<string, unknown>>(Object.fromEntries(members), { noNullPrototype: true });
    });
    if (typeof additionalProperties !== "object") return named;
    const more = fc.dictionary(text, of(additionalProperties, depth + 1), {
      maxKeys: 4,
      noNullPrototype: true,
    });
    return fc.tuple(named, more).map(([named, more]) => ({ ...more, ...named }));
  };

  return of(schema, 0);
}

function edges({ minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const near = [minimum, maximum].flatMap((edge) =>
    typeof edge === "number" ? [edge - 1, edge, edge + 1] : [],
  );
  return fc.constantFrom(0, -1, ...near);
}
