import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { sharedGroups, type SharedGroup } from '#app/shown/shared-groups.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { chatPath } from '#protocol/chat-path.ts';
import type { UserId } from '#protocol/ids.ts';
import styles from './Details.module.css';

interface SharedGroupsProps {
  store: ViewStore;
  person: UserId;
  /** Called when somebody follows a link, to close the dialog that shows them. */
  onFollow?: () => void;
}

/** The groups that the user shares with a person, as far as this device knows; nothing if there are none. */
export function SharedGroups({ store, person, onFollow }: SharedGroupsProps) {
  const words = useWords();
  const [groups, setGroups] = useState<readonly SharedGroup[]>([]);
  // Read once, because they rarely change, and otherwise every message would cause another read.
  useEffect(() => {
    let isCancelled = false;
    void store
      .snapshot((reading) => sharedGroups(reading, new Set([person])))
      .then((found) => {
        if (!isCancelled) setGroups(found.get(person) ?? []);
      });
    return () => {
      isCancelled = true;
    };
  }, [store, person]);
  if (groups.length === 0) return null;
  return (
    <section className={styles.section} aria-label={words('details.inCommon')}>
      <h3 className={styles.heading}>
        <span>{`${words('details.inCommon')} `}</span>
        <span className={styles.count}>{groups.length}</span>
      </h3>
      <ul className={styles.groups}>
        {groups.map(({ stream, title }) => (
          <li key={stream}>
            <Link href={chatPath(stream)} className={styles.group} onClick={onFollow}>
              <Avatar id={stream} name={title} shape="square" size={32} />
              <span className={styles.groupName} dir="auto" translate="no">
                {title}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
