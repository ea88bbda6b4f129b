"use client";
import { ErrorPage } from "#components/states/error-page.tsx";

export default function DashboardError(props: { error: unknown; retry: () => void }) {
  return <ErrorPage title="This page could not be shown" {...props} />;
}
