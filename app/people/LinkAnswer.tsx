import type { ReactNode } from 'react';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import styles from './LinkPage.module.css';

/** The person or group that a link leads to, as it is shown. */
export interface LinkTarget {
  id: string;
  name: string;
  shape: 'round' | 'square';
}

interface LinkAnswerProps {
  title: string;
  /** Undefined if the link leads nowhere, or if that is not known yet. */
  target: LinkTarget | undefined;
  /** Why it leads nowhere: a title and a sentence. Undefined until that is known. */
  obstacle: readonly [MessageKey, MessageKey] | undefined;
  /** Asks the server again; undefined if its answer was final. */
  onRetry: (() => void) | undefined;
  /** The actions, below the name. */
  children: ReactNode;
}

/** The page of a link: what it leads to, or why it leads nowhere. */
export function LinkAnswer({ title, target, obstacle, onRetry, children }: LinkAnswerProps) {
  const words = useWords();
  const isBusy = target === undefined && obstacle === undefined;
  return (
    <Pane look="page" title={title} back={<BackLink to={paths.list} />} isBusy={isBusy}>
      {target !== undefined && (
        <div className={styles.group}>
          <Avatar id={target.id} name={target.name} shape={target.shape} size={72} />
          <h3 className={styles.name} dir="auto" translate="no">
            {target.name}
          </h3>
          {children}
        </div>
      )}
      {obstacle !== undefined && (
        <div role="status" className={styles.obstacle}>
          <EmptyState title={words(obstacle[0])} body={words(obstacle[1])}>
            {onRetry !== undefined && (
              <Button look="link" onClick={onRetry}>
                {words('join.again')}
              </Button>
            )}
          </EmptyState>
        </div>
      )}
    </Pane>
  );
}

/** Whether the server's answer may change later. */
export const canRetry = (kind: string) => kind === 'failed' || kind === 'offline';
