"use client";
import { ErrorPage } from "#components/states/error-page.tsx";

export default function RootError(props: { error: unknown; retry: () => void }) {
  return <ErrorPage title="The dashboard could not be shown" main {...props} />;
}
