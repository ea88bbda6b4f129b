"use client";
import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconApi, IconBrandSlack, IconLogout, IconUserCircle } from "@tabler/icons-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { useCaller } from "#components/shell/caller.tsx";
import { roleNames } from "#lib/client/permissions.ts";
import { may } from "#lib/core/access.ts";

export function UserMenu() {
  const caller = useCaller();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" c="var(--ink)" aria-label="Your account">
          <IconUserCircle size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="var(--ink)">
          <Text size="sm" fw={600}>
            {caller.name}
          </Text>
          <Text size="xs" c="dimmed">
            {caller.email}
          </Text>
          <Text size="xs" c="dimmed">
            {roleNames[caller.role]}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {may(caller.role, "assign") && (
          <Menu.Item
            component={Link}
            href="/settings/people"
            prefetch={false}
            leftSection={<IconBrandSlack size={16} aria-hidden />}
          >
            Your Slack ID
          </Menu.Item>
        )}
        <Menu.Item
          component={Link}
          href="/docs/api"
          prefetch={false}
          leftSection={<IconApi size={16} aria-hidden />}
        >
          API
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Not by the library's own redirect: behind a proxy it may lead to another host. */
async function leave() {
  await signOut({ redirect: false });
  window.location.assign("/signin");
}
