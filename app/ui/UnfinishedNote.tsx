import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { ComposerNote } from './ComposerNote.tsx';
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
    <ComposerNote
      label={title}
      icon={icon}
      lines={
        <>
          <span className={styles.title}>{title}</span>
          <span className={styles.text} dir="auto">
            {text}
          </span>
        </>
      }
    >
      <Button look="link" onClick={onContinue}>
        {proceed}
      </Button>
      <Button look="link" onClick={onDiscard}>
        {discard}
      </Button>
    </ComposerNote>
  );
}
