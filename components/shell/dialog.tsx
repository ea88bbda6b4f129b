"use client";
// A dialog with its name as a heading. Written of parts: the ready-made one brings a second banner landmark.
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./shell.module.css";

type Props = {
  title: string;
  opened: boolean;
  onClose: () => void;
  /** Wider, for what needs room. */
  size?: "md" | "xl";
  children: ReactNode;
};

export function Dialog({ title, opened, onClose, size = "md", children }: Props) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      centered
      size={size}
      transitionProps={{ duration: 0 }}
      styles={{ content: { backgroundColor: "var(--surface)" } }}
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className={styles.dialogHead}>
            <Modal.Title>{title}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
