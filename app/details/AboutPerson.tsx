import { useLiveQuery } from 'dexie-react-hooks';
import type { ViewStore } from '#app/local-store/local-store.ts';
import type { UserId } from '#protocol/ids.ts';
import styles from './Details.module.css';

/** The line that a person has written about themselves, as far as this device knows it. [RC6] */
export function AboutPerson({ store, person }: { store: ViewStore; person: UserId }) {
  const known = useLiveQuery(() => store.people([person]), [store, person]);
  const about = known?.get(person)?.about;
  if (about === undefined) return null;
  return (
    <p className={styles.aboutPerson} dir="auto">
      {about}
    </p>
  );
}
