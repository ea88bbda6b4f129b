// What an operation takes or answers, a member a row.
import { type SchemaField, schemaFields, typeWords } from "#lib/client/schema-fields.ts";
import type { DescribedOperation } from "#lib/contract/openapi.ts";
import type { JsonSchema } from "#lib/contract/openapi-schemas.ts";
import styles from "./docs.module.css";

type Schemas = Record<string, JsonSchema>;

export function Parameters({
  parameters,
  schemas,
}: Pick<DescribedOperation, "parameters"> & { schemas: Schemas }) {
  if (parameters.length === 0) return null;
  const places = { path: "In the path", query: "Query", header: "Headers" } as const;
  return (["path", "query", "header"] as const).map((place) => {
    const here = parameters.filter((parameter) => parameter.in === place);
    if (here.length === 0) return null;
    const rows = here.map(({ name, schema, required, description }) => ({
      path: name,
      type: description ?? typeWords(schema, schemas),
      isRequired: required,
    }));
    return (
      <div className={styles.block} key={place}>
        <h3 className={styles.head}>{places[place]}</h3>
        <Rows rows={rows} />
      </div>
    );
  });
}

type FieldsProps = { schema: JsonSchema; schemas: Schemas; empty: string; isAnswer?: boolean };

/** Of what is sent, what must be there is marked; of an answer, what may be missing. */
export function Fields({ schema, schemas, empty, isAnswer = false }: FieldsProps) {
  const rows = schemaFields(schema, schemas);
  return rows.length === 0 ? (
    <p className={styles.quiet}>{empty}</p>
  ) : (
    <Rows rows={rows} isAnswer={isAnswer} />
  );
}

const Rows = ({ rows, isAnswer = false }: { rows: SchemaField[]; isAnswer?: boolean }) => (
  <dl className={styles.rows}>
    {rows.map(({ path, type, isRequired }) => (
      <div key={path}>
        <dt>
          <code>{path}</code>
          {isRequired !== isAnswer && (
            <span className={styles.required}>{isAnswer ? "may be missing" : "required"}</span>
          )}
        </dt>
        <dd>{type}</dd>
      </div>
    ))}
  </dl>
);
