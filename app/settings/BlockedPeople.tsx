import { useLiveQuery } from 'dexie-react-hooks';
import { shownName } from '#app/i18n/name-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { blockPerson } from '#app/ops/own.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Settings.module.css';

/** Everybody whom the user has blocked, as this device knows it. [BL1] */
export function BlockedPeople({ client }: { client: Client }) {
  const words = useWords();
  const { store, outbox } = client;
  const people = useLiveQuery(
    () =>
      store.snapshot(async (reading) => {
        const ids = await reading.blocked();
        const known = await reading.people(ids);
        return ids.map((id) => known.get(id) ?? { id, name: '' });
      }),
    [store],
  );
  if (people === undefined) return null;
  return (
    <div className={shapes.card}>
      <h3 className={styles.heading}>{words('block.people')}</h3>
      {people.length === 0 && <p className={styles.label}>{words('block.nobody')}</p>}
      <ul aria-label={words('block.people')}>
        {people.map(({ id, name: own }) => {
          const name = shownName(own, words);
          return (
            <li key={id} className={styles.device}>
              <Avatar id={id} name={name} shape="round" size={36} />
              <span className={styles.who}>
                <span className={styles.deviceName} dir="auto" translate="no">
                  {name}
                </span>
              </span>
              <Button
                look="link"
                aria-label={`${words('block.undo')}: ${name}`}
                onClick={() => void outbox.queue(blockPerson(store.userId, id, false))}
              >
                {words('block.undo')}
              </Button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
