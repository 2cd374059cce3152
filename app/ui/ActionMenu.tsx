import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './ActionMenu.module.css';

export interface Action {
  label: string;
  icon?: ReactNode;
  isDanger?: boolean;
  run: () => void;
}

interface ActionMenuProps {
  trigger: ReactElement;
  actions: Action[];
  label: string;
  onClose: () => void;
}

/**
 * An open menu at its trigger. Loaded when first needed. Not modal: the modal kind puts a <style> into the page, which our
 * Content-Security-Policy refuses, and a menu needs no scroll lock.
 */
export default function ActionMenu({ trigger, actions, label, onClose }: ActionMenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={styles.menu}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          {actions.map((action) => (
            <DropdownMenu.Item
              key={action.label}
              className={classNames(styles.item, action.isDanger === true && styles.danger)}
              onSelect={action.run}
            >
              {action.icon}
              {action.label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
