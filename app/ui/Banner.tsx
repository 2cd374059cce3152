import type { ReactNode } from 'react';
import styles from './Banner.module.css';

interface BannerProps {
  icon?: ReactNode;
  title: string;
  body?: string | undefined;
  /** 0 to 1. */
  progress?: number | undefined;
  children?: ReactNode;
}

/** States the situation and what happens next. Never modal, never red. */
export function Banner({ icon, title, body, progress, children }: BannerProps) {
  return (
    <div className={styles.banner} role="status">
      <div className={styles.words}>
        {icon !== undefined && (
          <span className={styles.icon} aria-hidden>
            {icon}
          </span>
        )}
        <p className={styles.title}>{title}</p>
        {body !== undefined && <p className={styles.body}>{body}</p>}
        {progress !== undefined && <progress className={styles.progress} value={progress} max={1} aria-label={title} />}
      </div>
      {children}
    </div>
  );
}
