"use client";
// What the server, or the shape of a value, says against a field: beside the field, and all together at the top.
import { createContext, type ReactNode, use } from "react";
import { toneClass } from "#components/states/chip.tsx";
import type { FieldError } from "#lib/client/policy-change.ts";
import { fieldName } from "#lib/client/policy-fields.ts";
import styles from "./policy.module.css";

const Errors = createContext<readonly FieldError[]>([]);

export function FieldErrors({ errors, children }: { errors: readonly FieldError[]; children: ReactNode }) {
  return <Errors value={errors}>{children}</Errors>;
}

/** What an input carries for its field: where an error finds it, and the error. */
export function useField(field: string) {
  return { "data-field": field, error: useFieldError(field) };
}

/** The error of a field, as a sentence's beginning; undefined when there is none. */
function useFieldError(field: string): string | undefined {
  const found = use(Errors).find((error) => error.field === field);
  return found === undefined ? undefined : sentence(found.message);
}

const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;

/** An error of a whole entry or list, that belongs to none of its inputs. */
export function FieldMessage({ field }: { field: string }) {
  const error = useFieldError(field);
  return (
    <p className={styles.error} data-field={field} tabIndex={-1} hidden={error === undefined}>
      {error}
    </p>
  );
}

/** Each error once more, with the way to its field. */
export function ErrorSummary({ errors }: { errors: readonly FieldError[] }) {
  if (errors.length === 0) return null;
  const title = errors.length === 1 ? "One thing needs mending" : `${errors.length} things need mending`;
  return (
    <div className={`${styles.notice} ${toneClass("red")}`} role="alert" data-testid="policy-errors">
      <b>{title}</b>
      <ul className={styles.errorList}>
        {errors.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <button type="button" className={styles.link} onClick={() => showField(field)}>
              {fieldName(field)}
            </button>{" "}
            {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Scrolls to the field, or to what it is a part of, and puts the focus there. */
export function showField(field: string): void {
  const found = fieldElement(field);
  if (found === null) return;
  found.scrollIntoView({ block: "center" });
  found.focus({ preventScroll: true });
}

function fieldElement(field: string): HTMLElement | null {
  for (let path = field; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const found = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]:not([hidden])`);
    if (found !== null) return found;
  }
  return null;
}
