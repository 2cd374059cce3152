import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Mark } from '#app/ui/Mark.tsx';
import styles from './Account.module.css';

interface SessionPageProps {
  title: string;
  /** The window's title, if it differs. */
  windowTitle?: string;
  body: string;
  children: ReactNode;
}

/** A page that does not require a signed-in person; the focus starts on its heading. */
export function SessionPage({ title, windowTitle = title, body, children }: SessionPageProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${windowTitle} – ${words('app.name')}`;
    heading.current?.focus();
  }, [windowTitle, words]);
  return (
    <main className={styles.screen}>
      <div className={styles.panel}>
        <Mark size={44} />
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        <p className={styles.body}>{body}</p>
        {children}
      </div>
    </main>
  );
}
