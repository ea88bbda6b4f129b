// Who may do what: one table, read by every handler, page and button.
export const roles = ["end_user", "support_data", "support_tech", "developer", "admin"] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  "see",
  "see_payload",
  "enqueue",
  "retry_technical",
  "retry_client_data",
  "reject_technical",
  "reject_client_data",
  "bulk",
  "bulk_many",
  "assign",
  "edit_allowed",
  "edit",
  "operate",
  "manage_providers",
  "manage_desk",
  "mint_tokens",
  "manage_keys",
  "simulate",
] as const;
export type Permission = (typeof permissions)[number];

const granted: Record<Role, readonly Permission[]> = {
  end_user: [],
  support_data: ["see", "retry_client_data", "reject_client_data", "bulk", "assign", "edit_allowed"],
  support_tech: [
    "see",
    "retry_technical",
    "retry_client_data",
    "reject_technical",
    "bulk",
    "assign",
    "edit_allowed",
    "edit",
    "operate",
    "simulate",
  ],
  developer: ["see", "see_payload", "simulate"],
  admin: permissions,
};

/** Whether a role may do a thing. Anything not granted is denied. */
export const may = (role: Role, permission: Permission): boolean => granted[role].includes(permission);

/** What a key is given: a word for each kind of program, so that nobody has to know every permission. */
export const scopes = ["enqueue", "read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

const covered: Record<Scope, readonly Permission[]> = {
  enqueue: ["enqueue"],
  read: ["see", "see_payload"],
  operate: [
    "see",
    "retry_technical",
    "retry_client_data",
    "reject_technical",
    "reject_client_data",
    "assign",
    "edit_allowed",
    "bulk",
    "operate",
  ],
  admin: permissions,
};

/** All that some scopes let a key do. */
export const permissionsOf = (given: readonly Scope[]): Permission[] =>
  permissions.filter((permission) => given.some((scope) => covered[scope].includes(permission)));
