import { Component, type ReactNode } from 'react';
import { words } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import styles from './Shell.module.css';

interface CrashBoundaryProps {
  children: ReactNode;
  /** What to show instead; without it, the whole screen is replaced. */
  crashed?: ReactNode;
}

/** Shows a text and a way out when rendering throws. Nothing is lost: all data is stored on the device. */
export class CrashBoundary extends Component<CrashBoundaryProps, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      this.props.crashed ?? (
        <main className={styles.alone}>
          <Crashed />
        </main>
      )
    );
  }
}

export function Crashed() {
  return (
    <EmptyState title={words('crash.title')} body={words('crash.body')}>
      <Button onClick={() => location.reload()}>{words('crash.reload')}</Button>
    </EmptyState>
  );
}
