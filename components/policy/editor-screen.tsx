"use client";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { EditorForm } from "#components/policy/editor-form.tsx";
import { usePolicyEditor } from "#components/policy/use-policy-editor.ts";
import { useCaller } from "#components/shell/caller.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { LoadingState } from "#components/states/message-state.tsx";
import { QueryError } from "#components/states/query-error.tsx";
import { ApiError } from "#lib/client/http.ts";
import { whyNot } from "#lib/client/permissions.ts";
import { patchProvider, providerQuery } from "#lib/client/providers.ts";
import type { ProviderWithState } from "#lib/contract/provider.ts";

export function PolicyEditorScreen({ slug }: { slug: string }) {
  const { data, error, refetch } = useQuery(providerQuery(slug));
  if (data) return <Editor provider={data} />;
  if (error) return <QueryError what="This policy" error={error} retry={() => void refetch()} />;
  return <LoadingState label="Loading the policy" />;
}

function Editor({ provider }: { provider: ProviderWithState }) {
  const { slug, name } = provider;
  const { role } = useCaller();
  const router = useRouter();
  const client = useQueryClient();
  const editor = usePolicyEditor(provider);
  const [saved, setSaved] = useState(false);
  const newer = provider.version > editor.version ? provider : null;

  // Nothing was typed, so nothing is lost: their version simply is the one that is edited.
  const { take, isChanged } = editor;
  useEffect(() => {
    if (newer !== null && !isChanged) take(newer);
  });

  const refresh = () => client.invalidateQueries({ queryKey: ["provider", slug] });

  /** Throws what belongs to no field. */
  const save = async () => {
    try {
      const after = await patchProvider(slug, editor.version, editor.patch);
      setSaved(true);
      notifications.show({ message: `The policy of ${after.name} is saved, version ${after.version}.` });
      await refresh();
      void client.invalidateQueries({ queryKey: ["providers"] });
      router.push(`/providers/${slug}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const wrong = error.problem?.errors ?? [];
      if (error.status === 412) await refresh();
      else if (wrong.length > 0) editor.refuse(wrong);
      else throw error;
    }
  };

  const denied = whyNot(role, "manage_providers");
  return (
    <>
      <PageHeader title={`Policy of ${name}`} />
      {denied !== null ? (
        <p>{denied}</p>
      ) : (
        <EditorForm editor={editor} newer={newer} slug={slug} saved={saved} onSave={save} />
      )}
    </>
  );
}
