"use client";
// The API's description for people: all operations, by part, found by word. An address with #name opens that operation.
import { Anchor, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect, useState } from "react";
import { OperationEntry } from "#components/docs/operation-entry.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { LoadingState, NoMatchState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { openApiQuery, operationsFor } from "#lib/client/openapi.ts";
import type { OpenApi } from "#lib/contract/openapi.ts";
import styles from "./docs.module.css";

export function ApiScreen() {
  const { data, error, refetch } = useQuery(openApiQuery());
  const [looked, setLooked] = useQueryState(
    "q",
    parseAsString.withDefault("").withOptions({ history: "replace" }),
  );
  return (
    <>
      <PageHeader title="API">
        <Anchor href="/api/v1/openapi.json" size="sm">
          openapi.json
        </Anchor>
      </PageHeader>
      <p className={styles.intro}>
        JSON over HTTP, under <code>/api/v1</code>, with <code>Authorization: Bearer</code> and an API key.
        Errors are <code>application/problem+json</code> with a <code>code</code> that does not change.
      </p>
      <TextInput
        type="search"
        aria-label="Search the API"
        placeholder="retry, provider, 409, …"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={looked}
        onChange={(event) => void setLooked(event.currentTarget.value || null)}
        maw={420}
        mb="md"
      />
      {data ? (
        <Operations description={data} looked={looked} />
      ) : error ? (
        <QueryError what="The description" error={error} retry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading the description" />
      )}
    </>
  );
}

function Operations({ description, looked }: { description: OpenApi; looked: string }) {
  const opened = useHash();
  const parts = operationsFor(description, looked);
  if (parts.length === 0) return <NoMatchState title="No operation has these words" />;
  return (
    <div className={styles.parts}>
      {parts.map(({ tag, listed }) => (
        <section key={tag} aria-labelledby={`part-${tag}`}>
          <h2 className={styles.part} id={`part-${tag}`}>
            {tag}
          </h2>
          <div className={styles.entries}>
            {listed.map((operation) => (
              <OperationEntry
                key={operation.operationId}
                operation={operation}
                components={description.components}
                isAskedFor={opened === operation.operationId}
              />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

/** What stands behind # in the address; the server does not see it. */
function useHash(): string {
  const [hash, setHash] = useState("");
  useEffect(() => {
    const read = () => setHash(window.location.hash.slice(1));
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  return hash;
}
