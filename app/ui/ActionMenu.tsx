import { ChevronRight } from 'lucide-react';
import { DropdownMenu, Portal } from 'radix-ui';
import { useCallback, useState, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Point } from './menu-press.ts';
import styles from './ActionMenu.module.css';

export interface Action {
  label: string;
  icon?: ReactNode;
  isDanger?: boolean;
  run: () => void;
}

/** Opens a menu of its own. */
export interface Submenu {
  label: string;
  icon?: ReactNode;
  choices: Action[];
}

/** Signs that are offered in a row above the actions. */
export interface SignRow {
  label: string;
  signs: { sign: string; label: string; run: () => void }[];
}

interface ActionMenuProps {
  /** What the menu belongs to: its button, or the place of a right-click. */
  trigger: ReactElement | Point;
  actions: (Action | Submenu)[];
  signs?: SignRow | undefined;
  label: string;
  onClose: () => void;
}

/**
 * An open menu at its trigger, loaded when first needed. It is not modal: a modal one inserts a <style> element, which our
 * Content-Security-Policy refuses, and a menu needs no scroll lock.
 */
export default function ActionMenu({ trigger, actions, signs, label, onClose }: ActionMenuProps) {
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
  // Closed first, so that a dialog opened by the action finds the focus where it has to return it. [A5]
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  const isAtPoint = 'clientX' in trigger;
  return (
    <DropdownMenu.Root modal={false} defaultOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      {isAtPoint ? (
        // In the body, because a fixed position inside a transformed row would be measured from the row.
        <Portal.Root>
          <DropdownMenu.Trigger
            className={styles.point}
            style={{ left: trigger.clientX, top: trigger.clientY }}
            aria-label={label}
            tabIndex={-1}
          />
        </Portal.Root>
      ) : (
        <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      )}
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          ref={focusFirst}
          className={styles.menu}
          side={isAtPoint ? 'right' : 'bottom'}
          align={isAtPoint ? 'start' : 'end'}
          sideOffset={isAtPoint ? 2 : 4}
          collisionPadding={8}
          aria-label={label}
        >
          {signs !== undefined && (
            <DropdownMenu.Group className={styles.signs} aria-label={signs.label}>
              {signs.signs.map(({ sign, label: name, run }) => (
                <DropdownMenu.Item
                  key={sign}
                  className={styles.sign}
                  aria-label={name}
                  textValue=""
                  onSelect={choose(run)}
                >
                  {sign}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          )}
          {actions.map((action) =>
            'run' in action ? (
              <Item key={action.label} action={action} onSelect={choose(action.run)} />
            ) : (
              <DropdownMenu.Sub key={action.label}>
                <DropdownMenu.SubTrigger className={styles.item}>
                  {action.icon}
                  {action.label}
                  <ChevronRight size={16} aria-hidden className={styles.opens} />
                </DropdownMenu.SubTrigger>
                <DropdownMenu.Portal>
                  <DropdownMenu.SubContent className={styles.menu} collisionPadding={8} sideOffset={4}>
                    {action.choices.map((each) => (
                      <Item key={each.label} action={each} onSelect={choose(each.run)} />
                    ))}
                  </DropdownMenu.SubContent>
                </DropdownMenu.Portal>
              </DropdownMenu.Sub>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ action, onSelect }: { action: Action; onSelect: () => void }) {
  return (
    <DropdownMenu.Item
      className={classNames(styles.item, action.isDanger === true && styles.danger)}
      onSelect={onSelect}
    >
      {action.icon}
      {action.label}
    </DropdownMenu.Item>
  );
}
