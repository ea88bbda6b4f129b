"use client";
// The keys of programs: what each may do, when it was used last, and when it ends.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { KeyForm } from "#components/settings/key-form.tsx";
import { KeyItem } from "#components/settings/key-item.tsx";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { ShownKeyDialog } from "#components/settings/shown-key.tsx";
import { Dialog } from "#components/shell/dialog.tsx";
import { EmptyState, LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { createKey, keysQuery, patchKey } from "#lib/client/keys.ts";
import { overviewQuery } from "#lib/client/overview.ts";
import type { ApiKey, ShownKey } from "#lib/contract/key.ts";
import styles from "./settings.module.css";

export function KeysScreen() {
  return (
    <SettingsFrame may="manage_keys">
      <div className={styles.sections}>
        <Keys />
      </div>
    </SettingsFrame>
  );
}

function Keys() {
  const client = useQueryClient();
  const { data: keys, error, refetch } = useQuery(keysQuery());
  const { data: overview } = useQuery(overviewQuery());
  const [edited, setEdited] = useState<ApiKey | "new" | null>(null);
  // In this component's memory alone: it is in no cache, no address and no storage.
  const [shown, setShown] = useState<ShownKey | null>(null);
  const providers = overview?.providers ?? [];
  const nameOf = (slug: string) => providers.find((one) => one.slug === slug)?.name ?? slug;
  const refresh = () => client.invalidateQueries({ queryKey: ["keys"] });
  // The list may come later, and fail: the key is there to be copied meanwhile.
  const show = (key: ShownKey) => {
    setShown(key);
    void refresh();
  };
  if (keys === undefined) {
    if (error) return <QueryError what="Keys" error={error} retry={() => void refetch()} />;
    return <LoadingState label="Loading keys" rows={3} />;
  }
  const working = keys.filter(({ state }) => state === "active");
  const ended = keys.filter(({ state }) => state !== "active");
  const item = (key: ApiKey) => (
    <KeyItem
      key={key.id}
      apiKey={key}
      nameOf={nameOf}
      onEdit={() => setEdited(key)}
      onRotated={show}
      onChanged={refresh}
    />
  );
  return (
    <>
      <section className={styles.section} aria-labelledby="keys">
        <div className={styles.head}>
          <h2 id="keys">API keys</h2>
          <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited("new")}>
            New key
          </Button>
        </div>
        <p className={styles.quiet}>
          A program proves itself with a key: <code>Authorization: Bearer rk_…</code>. A key is shown once,
          when it is made; only a hash of it is kept.
        </p>
        {working.length === 0 ? (
          <EmptyState title="No program has a key.">
            Make one for each program, so that each can be ended alone.
          </EmptyState>
        ) : (
          <ul className={styles.list} aria-label="Keys">
            {working.map(item)}
          </ul>
        )}
      </section>
      {ended.length > 0 && (
        <section className={styles.section} aria-labelledby="ended">
          <h2 id="ended">Expired and revoked</h2>
          <ul className={styles.list} aria-label="Expired and revoked keys">
            {ended.map(item)}
          </ul>
        </section>
      )}
      <Dialog
        title={edited === "new" ? "New key" : `Key ${edited?.name ?? ""}`}
        opened={edited !== null}
        onClose={() => setEdited(null)}
      >
        {edited !== null && (
          <KeyForm
            apiKey={edited === "new" ? null : edited}
            providers={providers}
            onClose={() => setEdited(null)}
            onSave={async (given) => {
              if (edited === "new") {
                show(await createKey({ expiresAt: null, ...given, scopes: given.scopes ?? [] }));
              } else {
                await patchKey(edited, given);
                await refresh();
                notifications.show({ message: "Saved." });
              }
              setEdited(null);
            }}
          />
        )}
      </Dialog>
      <ShownKeyDialog shown={shown} onClose={() => setShown(null)} />
    </>
  );
}
