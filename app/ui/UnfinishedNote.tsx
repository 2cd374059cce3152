import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import styles from './UnfinishedNote.module.css';

interface UnfinishedNoteProps {
  icon: ReactNode;
  title: string;
  /** How what was composed begins. */
  text: string;
  proceed: string;
  onContinue: () => void;
  discard: string;
  onDiscard: () => void;
}

/** Offers again what was composed in a dialog that was closed. */
export function UnfinishedNote({ icon, title, text, proceed, onContinue, discard, onDiscard }: UnfinishedNoteProps) {
  return (
    <div className={styles.note} role="group" aria-label={title}>
      {icon}
      <span className={styles.words}>
        <span className={styles.title}>{title}</span>
        <span className={styles.text} dir="auto">
          {text}
        </span>
      </span>
      <Button look="link" onClick={onContinue}>
        {proceed}
      </Button>
      <Button look="link" onClick={onDiscard}>
        {discard}
      </Button>
    </div>
  );
}
