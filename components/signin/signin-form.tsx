"use client";
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Brand } from "#components/shell/brand.tsx";
import styles from "./signin.module.css";

export function SignInForm({ next, hint }: { next: string; hint: string | null }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [email, password] = [String(form.get("email") ?? "").trim(), String(form.get("password") ?? "")];
    if (email === "" || password === "") return setFault("Fill in both the e-mail address and the password.");
    setBusy(true);
    setFault(null);
    const refusal = await attempt(email, password);
    if (refusal === null) return window.location.assign(next);
    setFault(refusal);
    setBusy(false);
  };

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit} noValidate method="post">
        <Brand className={styles.brand} />
        <h1 className={styles.title}>Sign in</h1>
        {fault && (
          <Alert
            color="red"
            icon={<IconAlertCircle size={18} aria-hidden />}
            role="alert"
            className={styles.fault}
          >
            {fault}
          </Alert>
        )}
        <TextInput
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        <Button type="submit" loading={busy} fullWidth mt={6}>
          Sign in
        </Button>
        {hint && <p className={styles.hint}>{hint}</p>}
      </form>
    </main>
  );
}

/** Null when signed in; else why not. */
async function attempt(email: string, password: string): Promise<string | null> {
  try {
    const result = await signIn("credentials", { email, password, redirect: false });
    if (result?.ok && !result.error) return null;
    return refusalOf(result?.status, result?.error ?? null);
  } catch {
    return "The server could not be reached. Check the connection, then try again.";
  }
}

function refusalOf(status: number | undefined, error: string | null): string {
  if (error === "CredentialsSignin") return "The e-mail address or the password is not right.";
  // Anything the server says in words is meant for people.
  if (error?.includes(" ")) return error;
  if (status === 429) return "Too many tries. Wait a few minutes, then try again.";
  if (status === 401) return "The e-mail address or the password is not right.";
  return "Signing in does not work now. Try again soon, or tell an operator.";
}
