import { Component, type ReactNode } from 'react';
import { words } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import styles from './Shell.module.css';

interface CrashBoundaryProps {
  children: ReactNode;
  /** What is shown in its place; absent, it is all that there is. */
  crashed?: ReactNode;
}

/** A defect in drawing says so in words and offers a way out. What was written is on the device and not in here. */
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
