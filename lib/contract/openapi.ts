// The API's description (OpenAPI 3.1), made from the operations that the handlers serve.
import type { z } from "zod";
import { components as named } from "#lib/contract/components.ts";
import { byStatus, isForCallers, type May, nameOf } from "#lib/contract/openapi-refusals.ts";
import { type JsonSchema, refsIn, type Shapes, shapesOf } from "#lib/contract/openapi-schemas.ts";
import type { Operation, Proof } from "#lib/contract/operation.ts";
import { Problem, problemKinds } from "#lib/contract/problem.ts";

const json = "application/json";
export const problemJson = "application/problem+json";

type Response = {
  description: string;
  headers?: object;
  content?: Record<string, { schema?: JsonSchema; example?: unknown }>;
};
type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: JsonSchema;
  example?: unknown;
};
export type DescribedOperation = {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: object;
  responses: Record<string, Response | { $ref: string }>;
  security: Record<string, string[]>[];
};
export type OpenApi = {
  openapi: "3.1.1";
  info: object;
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, DescribedOperation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, Response>;
    securitySchemes: object;
  };
};

/** The description of these operations. */
export function openApi(operations: readonly Operation[], version: string): OpenApi {
  const given = operations.flatMap(({ input, query, params }) => [input, query, params].filter(isShape));
  const answered = operations.flatMap(({ output, besides = [] }) =>
    [output, Problem, ...besides.map(({ output }) => output)].filter(isShape),
  );
  const shapes = shapesOf(named, { input: given, output: answered });
  const responses = refusals(operations, shapes);
  const paths: OpenApi["paths"] = {};
  for (const operation of operations) {
    paths[operation.path] ??= {};
    Object.assign(paths[operation.path] ?? {}, {
      [operation.method.toLowerCase()]: described(operation, shapes),
    });
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Redrive",
      version,
      summary: "A transactional outbox in Postgres, and its desk.",
      description:
        "Times are ISO 8601 in UTC. Lists answer `items` and `next`, the cursor to pass back as `after`. Errors are `application/problem+json` with a `code` that does not change.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: reached({ paths, responses }, shapes.components), responses, securitySchemes },
  };
}

const isShape = (shape: z.ZodType | undefined): shape is z.ZodType => shape !== undefined;

function described(operation: Operation, shapes: Shapes): DescribedOperation {
  const { id, tag, summary, description, may, input, example, takes = json } = operation;
  const needs = needsOf(may);
  const text = [description, needs].filter((part) => part !== undefined).join("\n\n");
  return {
    operationId: id,
    summary,
    ...(text === "" ? {} : { description: text }),
    tags: [tag],
    parameters: parametersOf(operation, shapes),
    ...(input && {
      requestBody: {
        required: !input.safeParse({}).success,
        content: {
          [takes]: {
            schema: shapes.schemaOf(input, "input"),
            ...(example?.input === undefined ? {} : { example: example.input }),
          },
        },
      },
    }),
    responses: { ...successOf(operation, shapes), ...besidesOf(operation, shapes), ...refusalsOf(operation) },
    security: securityOf(may),
  };
}

function parametersOf(
  { params, query, input, ifMatch, isSecret, may, example }: Operation,
  shapes: Shapes,
): Parameter[] {
  const header = (name: string, description: string): Parameter => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  });
  return [
    ...fieldsOf(params, "path", shapes, example?.params),
    ...fieldsOf(query, "query", shapes, example?.query),
    ...(ifMatch ? [header("If-Match", 'The version that was read, as its ETag: `"3"`.')] : []),
    ...(input && !isSecret && isForCallers(may)
      ? [
          header(
            "Idempotency-Key",
            "1 to 255 characters; a repetition within 24 hours gets the first answer.",
          ),
        ]
      : []),
  ];
}

function fieldsOf(
  shape: z.ZodObject | undefined,
  where: "path" | "query",
  shapes: Shapes,
  examples: Record<string, unknown> = {},
): Parameter[] {
  if (!shape) return [];
  const { properties = {}, required = [] } = shapes.schemaOf(shape, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema,
    ...(examples[name] === undefined ? {} : { example: examples[name] }),
  }));
}

function successOf(
  { status = 200, summary, output, headers, answers = json, example }: Operation,
  shapes: Shapes,
): Record<string, Response> {
  const isEmpty = status === 204 || (output === undefined && answers === json);
  return {
    [status]: {
      description: summary,
      headers: {
        ...rateHeaders,
        ...Object.fromEntries((headers ?? []).map((name) => [name, headerWords[name]])),
      },
      ...(isEmpty
        ? {}
        : {
            content: {
              [answers]: {
                schema: output ? shapes.schemaOf(output, "output") : { type: "string" },
                ...(example?.output === undefined ? {} : { example: output?.parse(example.output) }),
                ...(example?.text === undefined ? {} : { example: example.text }),
              },
            },
          }),
    },
  };
}

const besidesOf = ({ besides = [] }: Operation, shapes: Shapes): Record<string, Response> =>
  Object.fromEntries(
    besides.map(({ status, when, output, example }) => [
      status,
      {
        description: when,
        ...(output ? { content: { [json]: { schema: shapes.schemaOf(output, "output"), example } } } : {}),
      },
    ]),
  );

const aText = { schema: { type: "string" } };
const headerWords = {
  etag: { description: "The version, to be sent back as If-Match.", required: true, ...aText },
  location: { description: "The address of what was made.", required: true, ...aText },
  "content-disposition": { description: "A name for the file.", required: true, ...aText },
};
const rateHeaders = {
  "ratelimit-policy": {
    description: 'How many requests a caller may make in how many seconds: `"requests";q=60000;w=60`.',
    ...aText,
  },
  ratelimit: {
    description: 'How many are left, and for how many seconds: `"requests";r=59999;t=60`.',
    ...aText,
  },
};
const refusalHeaders: Record<number, object> = {
  401: { "www-authenticate": { required: true, ...aText } },
  429: { "retry-after": { description: "Seconds.", required: true, ...aText } },
  503: { "retry-after": { description: "Seconds.", required: true, ...aText } },
};

function refusalsOf(operation: Operation): Record<string, { $ref: string }> {
  return Object.fromEntries(
    byStatus(operation).map(([status, codes]) => [
      status,
      { $ref: `#/components/responses/${nameOf(codes)}` },
    ]),
  );
}

/** Every way in which one of the operations refuses. */
function refusals(operations: readonly Operation[], shapes: Shapes): Record<string, Response> {
  const all = operations.flatMap(byStatus).map(([status, codes]): [string, Response] => [
    nameOf(codes),
    {
      description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}`).join(". "),
      headers: { ...rateHeaders, ...refusalHeaders[status] },
      content: {
        [problemJson]: {
          schema: {
            allOf: [
              shapes.schemaOf(Problem, "output"),
              { type: "object", properties: { code: { enum: codes }, status: { const: status } } },
            ],
          },
        },
      },
    },
  ]);
  return Object.fromEntries(all);
}

function needsOf(may: May): string | undefined {
  if (typeof may === "string") return `Needs \`${may}\`.`;
  if (!("proof" in may)) return `Needs ${may.map((one) => `\`${one}\``).join(" or ")}.`;
  if (may.proof === "end_user")
    return `Needs an end user's token that allows ${[may.action]
      .flat()
      .map((one) => `\`${one}\``)
      .join(" or ")}.`;
  return undefined;
}

function securityOf(may: May): Record<string, string[]>[] {
  if (isForCallers(may)) return [{ key: [] }, { session: [] }];
  const { proof } = may as Proof;
  return proof === "end_user" || proof === "token" ? [{ endUserToken: [] }] : [];
}

const securitySchemes = {
  key: { type: "http", scheme: "bearer", description: "An API key." },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "next-auth.session-token",
    description: "A person's session. Its changes must come from the dashboard's own pages.",
  },
  endUserToken: { type: "http", scheme: "bearer", description: "A token of `POST /portal-tokens`." },
};

/** The components that paths lead to. */
function reached(paths: object, all: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const found = new Set<string>();
  const follow = (schema: unknown): void => {
    for (const id of refsIn(schema)) {
      if (found.has(id)) continue;
      found.add(id);
      follow(all[id]);
    }
  };
  follow(paths);
  return Object.fromEntries([...found].sort().map((id) => [id, all[id] ?? {}]));
}
