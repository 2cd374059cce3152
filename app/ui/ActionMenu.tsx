import { DropdownMenu } from 'radix-ui';
import { useCallback, useState, type ReactElement, type ReactNode } from 'react';
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
 * An open menu at its trigger, loaded when first needed. It is not modal: a modal one inserts a <style> element, which our
 * Content-Security-Policy refuses, and a menu needs no scroll lock.
 */
export default function ActionMenu({ trigger, actions, label, onClose }: ActionMenuProps) {
  // Opened from the keyboard, it focuses its first action. Radix only detects keys that are pressed while the menu is mounted,
  // and this one is mounted when it opens. [A5]
  const [isByKeyboard] = useState(() => document.querySelector(':focus-visible') !== null);
  const focusFirst = useCallback(
    (menu: HTMLElement | null) => {
      if (menu !== null && isByKeyboard)
        requestAnimationFrame(() => menu.querySelector<HTMLElement>('[role=menuitem]')?.focus());
    },
    [isByKeyboard],
  );
  return (
    <DropdownMenu.Root modal={false} defaultOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          ref={focusFirst}
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
              // Closed first, so that a dialog opened by the action finds the focus where it has to return it. [A5]
              onSelect={() => {
                onClose();
                action.run();
              }}
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
