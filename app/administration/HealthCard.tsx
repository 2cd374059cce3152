import { useCallback, useState } from 'react';
import { health } from '#app/http/administration.ts';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { shortTime } from '#app/i18n/instants.ts';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import type { Health } from '#protocol/administration.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Administration.module.css';

/** The health of the server: whether it runs, keeps up and has room. [AC12] */
export function HealthCard() {
  const words = useWords();
  const now = useNow();
  const [found, setFound] = useState<Outcome<Health>>();
  const [isAsking, setAsking] = useState(false);
  const look = useCallback(async () => {
    setAsking(true);
    setFound(await health());
    setAsking(false);
  }, []);
  useNowAndConnected(look);
  return (
    <div className={shapes.card} aria-busy={isAsking}>
      <h3 className={styles.heading}>{words('health.title')}</h3>
      {found?.ok === false && <p role="alert">{accountProblemWords(found.failure, words)}</p>}
      {found?.ok === true && (
        <dl className={styles.facts}>
          {factsOf(found.value, now, words).map(([name, value]) => (
            <div key={name} className={styles.fact}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <Button look="link" disabled={isAsking} onClick={() => void look()}>
        {words('health.again')}
      </Button>
    </div>
  );
}

function factsOf(health: Health, now: Date, words: Words): [name: string, value: string][] {
  const { answersInMs, diskFreeBytes, followers, pushes, mails, errors, warnings } = health;
  const behind = followers.reduce((most, { count }) => Math.max(most, count), 0);
  const kind = health.isEmbedded ? 'LMDB' : 'MongoDB';
  return [
    [words('health.started'), shortTime(new Date(health.startedAt), now)],
    [words('health.version'), `${health.protocol} · Node ${health.node}`],
    [words('health.database'), answersInMs === undefined ? words('health.silent') : `${kind} · ${answersInMs} ms`],
    [words('health.disk'), diskFreeBytes === undefined ? '–' : sizeWords(diskFreeBytes)],
    [words('health.memory'), sizeWords(health.memoryBytes)],
    [words('health.connections'), String(health.connections)],
    [words('health.behind'), String(behind)],
    [words('health.pushes'), waitingWords(pushes)],
    [words('health.mails'), waitingWords(mails)],
    [words('health.errors'), String(errors)],
    [words('health.warnings'), String(warnings)],
  ];
}

function waitingWords({ count, oldestMs }: Health['mails']): string {
  return count === 0 || oldestMs === undefined ? String(count) : `${count} · ${Math.round(oldestMs / 1_000)} s`;
}
