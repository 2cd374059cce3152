import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

interface EmptyStateProps {
  title: string;
  body?: string;
  /** Shows a drawing of a bubble on a dashed line. */
  hasDrawing?: boolean;
  children?: ReactNode;
}

export function EmptyState({ title, body, hasDrawing = false, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {hasDrawing && (
        <svg className={styles.drawing} width="144" height="72" viewBox="0 0 144 72" fill="none" aria-hidden>
          <path
            d="M48 6h48a16 16 0 0 1 16 16v18a16 16 0 0 1-16 16H66L49 69V56h-1a16 16 0 0 1-16-16V22A16 16 0 0 1 48 6Z"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinejoin="round"
          />
          <path
            d="M4 38c10 0 14-7 26-7M114 31c10 0 10 6 20 7"
            stroke="currentColor"
            strokeWidth="2"
            strokeDasharray="5 4"
          />
          <circle cx="138" cy="38" r="4" className={styles.ember} />
        </svg>
      )}
      <h2 className={styles.title}>{title}</h2>
      {body !== undefined && <p className={styles.body}>{body}</p>}
      {children}
    </div>
  );
}
