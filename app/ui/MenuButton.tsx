import { Suspense, useLayoutEffect, useRef, useState, type ComponentProps, type ReactNode } from 'react';
import type { Action } from './ActionMenu.tsx';
import { lazyComponent } from './lazy-component.ts';

const ActionMenu = lazyComponent(() => import('./ActionMenu.tsx'));

/** The properties that a list with one tab stop gives its buttons. */
export type TriggerProps = Pick<ComponentProps<'button'>, 'tabIndex' | 'onFocus' | 'onKeyDown'> &
  Record<`data-${string}`, string>;

interface MenuButtonProps {
  label: string;
  /** The menu's name, if it differs from the button's. */
  menuLabel?: string;
  actions: Action[];
  className?: string | undefined;
  trigger?: TriggerProps | undefined;
  children: ReactNode;
}

/** A button with a menu that is loaded when first opened. The focus returns to the button before a dialog of the menu takes it. [A5] */
export function MenuButton({
  label,
  menuLabel = label,
  actions,
  className,
  trigger: given,
  children,
}: MenuButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [isByKey, setByKey] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus({ preventScroll: true });
    wasOpen.current = isOpen;
  }, [isOpen]);
  const trigger = (
    <button
      {...given}
      ref={button}
      type="button"
      className={className}
      aria-label={label}
      aria-haspopup="menu"
      onClick={({ currentTarget }) => {
        // Checked now, because while the menu loads, the button is replaced and has no focus.
        setByKey(currentTarget.matches(':focus-visible'));
        setOpen(true);
      }}
    >
      {children}
    </button>
  );
  if (!isOpen) return trigger;
  return (
    <Suspense fallback={trigger}>
      <ActionMenu
        trigger={trigger}
        actions={actions}
        label={menuLabel}
        isOpenedByKey={isByKey}
        onClose={() => setOpen(false)}
      />
    </Suspense>
  );
}
