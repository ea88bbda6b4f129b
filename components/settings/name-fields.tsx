"use client";
import { TextField } from "#components/policy/fields.tsx";
import { slugOf } from "#lib/client/desk-words.ts";

type Named = { name: string; slug: string };

type Props = {
  draft: Named;
  /** Only then it has a short name still to be chosen. */
  isNew: boolean;
  /** Of the short name. */
  description: string;
  onChange: (part: Partial<Named>) => void;
};

/** A name, and the short name that follows it until somebody types another. */
export function NameFields({ draft: { name, slug }, isNew, description, onChange }: Props) {
  const follows = isNew && slug === slugOf(name);
  return (
    <>
      <TextField
        field="name"
        label="Name"
        value={name}
        onChange={(typed) => onChange({ name: typed, ...(follows && { slug: slugOf(typed) }) })}
      />
      {isNew && (
        <TextField
          field="slug"
          label="Short name"
          description={description}
          value={slug}
          onChange={(typed) => onChange({ slug: typed })}
        />
      )}
    </>
  );
}
