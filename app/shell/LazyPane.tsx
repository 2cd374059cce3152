import { Suspense, type ReactNode } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import { CrashBoundary, Crashed } from './CrashBoundary.tsx';
import styles from './Shell.module.css';

interface LazyPaneProps {
  /** The target of the back link if one pane fills the screen; absent next to a chat. */
  backTo?: string;
  children: ReactNode;
}

/** Holds a pane whose code is fetched when needed. While it loads, or if it crashes, this shows a text, and the rest keeps working. */
export function LazyPane({ backTo, children }: LazyPaneProps) {
  return (
    <CrashBoundary
      crashed={
        <InPlace backTo={backTo}>
          <Crashed />
        </InPlace>
      }
    >
      <Suspense fallback={<LoadingPane backTo={backTo} />}>{children}</Suspense>
    </CrashBoundary>
  );
}

export function LoadingPane({ backTo }: { backTo: string | undefined }) {
  return (
    <InPlace backTo={backTo}>
      <Loading />
    </InPlace>
  );
}

function InPlace({ backTo, children }: { backTo: string | undefined; children: ReactNode }) {
  return (
    <Pane look="plain" back={backTo === undefined ? undefined : <BackLink to={backTo} />}>
      <div className={styles.inPlace}>{children}</div>
    </Pane>
  );
}

function Loading() {
  const words = useWords();
  return (
    <p role="status" className={styles.loading}>
      {words('lazy.loading')}
    </p>
  );
}
