import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';
import styles from './Pane.module.css';

interface PaneProps {
  /** `page` and `chat` fill the main column; `side` is beside it or replaces it; `plain` has a bar only if it has a way back. */
  look: 'page' | 'chat' | 'side' | 'plain';
  /** The pane's name, for a pane without a title. */
  label?: string;
  /** Names the pane; takes the focus when the pane appears, unless it is hidden. */
  title?: string;
  hidesTitle?: boolean;
  back?: ReactNode;
  /** Further elements of the bar. */
  bar?: ReactNode;
  /** The button that closes the pane if it is next to the list; if it fills the screen, there is the way back. */
  close?: { label: string; onPress: () => void };
  isBusy?: boolean | undefined;
  children?: ReactNode;
}

/** A column of the screen: a bar with the way back and the title, and the content below it. */
export function Pane({ look, label, title, hidesTitle = false, back, bar, close, isBusy, children }: PaneProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    // A field of the pane may have taken the focus already.
    if (!hidesTitle && pane.current?.contains(document.activeElement) !== true) heading.current?.focus();
  }, [hidesTitle]);
  const hasBar = title !== undefined || back !== undefined || bar !== undefined;
  return (
    <section
      ref={pane}
      className={classNames(styles.pane, styles[look])}
      aria-label={label}
      aria-labelledby={title === undefined ? undefined : id}
      aria-busy={isBusy}
    >
      {hasBar && (
        <header className={styles.bar}>
          {back}
          {title !== undefined && (
            <h2 id={id} ref={heading} tabIndex={-1} className={hidesTitle ? 'unseen' : styles.title}>
              {title}
            </h2>
          )}
          {bar}
          {close !== undefined && (
            <IconButton label={close.label} className={styles.close} onClick={close.onPress}>
              <X size={19} aria-hidden />
            </IconButton>
          )}
        </header>
      )}
      {children}
    </section>
  );
}
