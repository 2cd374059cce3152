import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { useBackCloses } from './history-layers.ts';
import styles from './Dialog.module.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A modal on the browser's own <dialog>, which traps the focus, closes on Escape and returns the focus to its opener. Back and a
 * press outside close it too. The focus goes to the element with `data-takes-focus`, or to the first that can have it.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const isPressOutside = useRef(false);
  useBackCloses(onClose);
  useEffect(() => {
    const opener = document.activeElement;
    // What the opener is in, such as a message, in case the opener itself is gone by then.
    const places = [opener, opener?.parentElement?.closest('[tabindex]')];
    ref.current?.showModal();
    ref.current?.querySelector<HTMLElement>('[data-takes-focus]')?.focus();
    return () => {
      const place = places.find((each) => each?.isConnected === true);
      // Without scrolling, as a closed <dialog> does it itself: what was sent from the dialog is in view now, and stays there.
      if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click outside is the pointer's Escape, and <dialog> handles the key itself
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={id}
      onClose={onClose}
      onPointerDown={(event) => {
        isPressOutside.current = event.target === event.currentTarget;
      }}
      // Only if the press began outside too: a text selection that ends outside must not discard an edit.
      onClick={(event) => {
        if (isPressOutside.current && event.target === event.currentTarget) onClose();
      }}
    >
      <div className={styles.panel}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}

interface DialogActionsProps {
  cancel: string;
  onCancel: () => void;
  children?: ReactNode;
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ cancel, onCancel, children }: DialogActionsProps) {
  return (
    <div className={styles.actions}>
      <Button look="quiet" onClick={onCancel}>
        {cancel}
      </Button>
      {children}
    </div>
  );
}
