import { ChevronRight } from 'lucide-react';
import { DropdownMenu, Portal } from 'radix-ui';
import { useCallback, useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Point } from './menu-press.ts';
import { useBackCloses } from './history-layers.ts';
import styles from './ActionMenu.module.css';

export interface Action {
  label: string;
  icon?: ReactNode;
  isDanger?: boolean;
  run: () => void;
}

/** Replaces the menu by its choices. */
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
  /** Where the menu opens: at its button, or at the place of a right-click. */
  trigger: ReactElement | Point;
  actions: (Action | Submenu)[];
  signs?: SignRow | undefined;
  label: string;
  /** Whether a key opened it; if absent, that is assumed if an element shows the focus. */
  isOpenedByKey?: boolean;
  onClose: () => void;
}

/**
 * An open menu at its trigger, loaded when first needed. It is not modal: a modal one inserts a <style> element, which our
 * Content-Security-Policy refuses, and a menu needs no scroll lock.
 */
export default function ActionMenu({ trigger, actions, signs, label, isOpenedByKey, onClose }: ActionMenuProps) {
  // Opened from the keyboard, it focuses its first action. Radix only detects keys that are pressed while the menu is mounted,
  // and this one is mounted when it opens. [A5]
  const [isByKeyboard] = useState(() => isOpenedByKey ?? document.querySelector(':focus-visible') !== null);
  // While a modal dialog is open, nothing outside of it can be pressed or focused.
  const [container] = useState(() => [...document.querySelectorAll<HTMLElement>('dialog:modal')].at(-1));
  // Replaces the menu, because a second one beside it has no room on a phone.
  const [inside, setInside] = useState<Submenu>();
  const shown = inside?.choices ?? actions;
  const content = useRef<HTMLDivElement>(null);
  useBackCloses(onClose);
  useEffect(() => {
    if (inside !== undefined) content.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [inside]);
  const focusFirst = useCallback(
    (menu: HTMLDivElement | null) => {
      content.current = menu;
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
        <Portal.Root container={container}>
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
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          ref={focusFirst}
          className={styles.menu}
          // Below, because along that side it is moved until it fits, which phones need.
          side="bottom"
          align={isAtPoint ? 'start' : 'end'}
          sideOffset={isAtPoint ? 2 : 4}
          collisionPadding={8}
          aria-label={inside?.label ?? label}
        >
          {inside !== undefined && <DropdownMenu.Label className={styles.label}>{inside.label}</DropdownMenu.Label>}
          {inside === undefined && signs !== undefined && (
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
          {shown.map((action) => (
            <DropdownMenu.Item
              key={action.label}
              className={classNames(styles.item, 'isDanger' in action && action.isDanger && styles.danger)}
              aria-haspopup={'choices' in action ? 'menu' : undefined}
              onSelect={(event) => {
                if ('run' in action) return choose(action.run)();
                event.preventDefault();
                return setInside(action);
              }}
            >
              {action.icon}
              <span>{action.label}</span>
              {'choices' in action && <ChevronRight size={16} aria-hidden className={styles.opens} />}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
