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
 * An open menu at its trigger. Loaded when first needed. Not modal: the modal kind puts a <style> into the page, which our
 * Content-Security-Policy refuses, and a menu needs no scroll lock.
 */
export default function ActionMenu({ trigger, actions, label, onClose }: ActionMenuProps) {
  // Opened from the keyboard it begins at its first action. The menu finds that out only from keys pressed while it is there,
  // and it is not there before it is open. [A5]
  const [isByKeyboard] = useState(() => document.querySelector(':focus-visible') !== null);
  const begin = useCallback(
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
          ref={begin}
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
              // First, or a dialog that the action opens would stand before the focus is back where it then returns to. [A5]
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
