import { ArrowLeft } from 'lucide-react';
import { Suspense, type MouseEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { CrashBoundary, Crashed } from './CrashBoundary.tsx';
import styles from './Shell.module.css';

interface Back {
  href: string;
  onClick?: (event: MouseEvent) => void;
}

interface LazyPaneProps {
  /** Where one pane fills the screen, the way out of it; absent beside the chat. */
  back?: Back;
  children: ReactNode;
}

/** Where a part of the app stands: still on its way, or broken, it says so here, and takes nothing else away. */
export function LazyPane({ back, children }: LazyPaneProps) {
  const crashed = (
    <InPlace back={back}>
      <Crashed />
    </InPlace>
  );
  const waits = (
    <InPlace back={back}>
      <PartWaits />
    </InPlace>
  );
  return (
    <CrashBoundary crashed={crashed}>
      <Suspense fallback={waits}>{children}</Suspense>
    </CrashBoundary>
  );
}

function InPlace({ back, children }: { back: Back | undefined; children: ReactNode }) {
  const words = useWords();
  return (
    <div className={styles.inPlace}>
      {back !== undefined && (
        <Link {...back} replace className={styles.back} aria-label={words('app.back')} title={words('app.back')}>
          <ArrowLeft size={20} aria-hidden />
        </Link>
      )}
      {children}
    </div>
  );
}

/** In the place of a part that the network still has. */
function PartWaits() {
  const words = useWords();
  return (
    <p role="status" className={styles.waits}>
      {words('lazy.loading')}
    </p>
  );
}
