"use client";
// A new provider: what it is called and where it is. All else has a default, and is changed on the next page.
import { Button, Group, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useCaller } from "#components/shell/caller.tsx";
import { Fault } from "#components/shell/fault.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ApiError, sentenceOf } from "#lib/client/http.ts";
import { whyNot } from "#lib/client/permissions.ts";
import { createProvider } from "#lib/client/providers.ts";
import styles from "./policy.module.css";

type Fields = { name: string; slug: string; url: string };

export function NewProviderScreen() {
  const { role } = useCaller();
  const denied = whyNot(role, "manage_providers");
  return (
    <>
      <PageHeader title="New provider" />
      {denied === null ? <NewProviderForm /> : <p>{denied}</p>}
    </>
  );
}

function NewProviderForm() {
  const router = useRouter();
  const client = useQueryClient();
  const [fields, setFields] = useState<Fields>({ name: "", slug: "", url: "" });
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    setFault(null);
    setErrors(new Map());
    try {
      const { slug } = await createProvider(fields);
      void client.invalidateQueries({ queryKey: ["providers"] });
      router.push(`/providers/${slug}/policy`);
    } catch (error) {
      const wrong = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      setErrors(new Map(wrong.map(({ field, message }) => [field, message])));
      // What is wrong elsewhere has no input here to stand beside.
      setFault(wrong.every(({ field }) => field in fields) && wrong.length > 0 ? null : sentenceOf(error));
      setBusy(false);
    }
  };

  const input = (field: keyof Fields, typed: (text: string) => Partial<Fields>) => ({
    value: fields[field],
    error: errors.get(field),
    required: true,
    onChange: (event: { currentTarget: { value: string } }) =>
      setFields({ ...fields, ...typed(event.currentTarget.value) }),
  });

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <section className={styles.section} style={{ maxWidth: 520 }} aria-label="New provider">
        <Fault why={fault} />
        <TextInput
          label="Name"
          placeholder="Acme Books"
          {...input("name", (name) => ({
            name,
            // The short name follows until it is typed itself.
            ...(fields.slug === slugOf(fields.name) && { slug: slugOf(name) }),
          }))}
        />
        <TextInput
          label="Short name"
          description="Applications name the provider so: lower case letters, digits and hyphens. It stays for ever."
          {...input("slug", (slug) => ({ slug }))}
        />
        <TextInput
          label="Address"
          description="Where records go: a web address, or handler: and the name of a handler of your application. The rest is set on the next page."
          placeholder="https://acme.example/invoices"
          {...input("url", (url) => ({ url }))}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Add it
          </Button>
        </Group>
      </section>
    </form>
  );
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
