import { Component, type ReactNode } from 'react';
import { words } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import styles from './Shell.module.css';

/** A defect in drawing says so in words and offers a way out. What was written is on the device and not in here. */
export class CrashBoundary extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <main className={styles.alone}>
        <EmptyState title={words('crash.title')} body={words('crash.body')}>
          <Button onClick={() => location.reload()}>{words('crash.reload')}</Button>
        </EmptyState>
      </main>
    );
  }
}
