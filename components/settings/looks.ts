import { IconPlugConnectedX } from "@tabler/icons-react";
import type { Look } from "#components/states/chip.tsx";

export const offLook: Look = { tone: "stone", icon: IconPlugConnectedX, word: "Switched off" };
