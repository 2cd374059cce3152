import { useLiveQuery } from 'dexie-react-hooks';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { shownName } from '#app/i18n/name-words.ts';
import { sharedGroupsWords } from '#app/i18n/people-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { tagsOf } from '#app/shown/equal-names.ts';
import { sharedGroups } from '#app/shown/shared-groups.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { Person } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Found } from './use-people.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './NewChat.module.css';

/** How many of the people known on this device are shown at first, and more by each press: there may be thousands. */
const KNOWN_PART = 50;

interface PeopleListProps {
  store: ViewStore;
  found: Found;
  /** The text if nobody is found. */
  nobody: { title: string; body: string };
  isSeveral: boolean;
  isChosen: (person: Person) => boolean;
  onPick: (person: Person) => void;
  onMore: () => void;
}

/** The people found. Those whose names look alike have a second line that tells them apart, which shows no address. */
export function PeopleList({ store, found, nobody, isSeveral, isChosen, onPick, onMore }: PeopleListProps) {
  const words = useWords();
  const [end, setEnd] = useState(KNOWN_PART);
  const all = found.kind === 'loading' ? [] : found.people;
  const people = found.kind === 'known' ? all.slice(0, end) : all;
  const tags = tagsOf(people.map((person) => [person.id, person] as const));
  const alike = [...tags.keys()].join(' ');
  const groups = useLiveQuery(
    () => store.snapshot((reading) => sharedGroups(reading, new Set(alike.split(' ').filter(Boolean) as UserId[]))),
    [store, alike],
  );
  if (found.kind === 'loading') return null;
  return (
    <>
      {found.kind === 'known' && (
        <div role="status">
          {people.length === 0 && found.because !== 'asking' && found.because !== 'hidden' ? (
            <EmptyState
              title={words('new.noneHere')}
              body={words(found.because === 'offline' ? 'new.noneHereOffline' : 'new.noneHereFailed')}
            />
          ) : (
            <p className={styles.note}>
              {words(people.length === 0 && found.because === 'asking' ? 'new.loading' : `new.${found.because}`)}
            </p>
          )}
        </div>
      )}
      {people.length > 0 && (
        <h3 className={styles.heading}>{words(found.kind === 'known' ? 'new.known' : 'new.people')}</h3>
      )}
      <ul aria-label={words('new.people')}>
        {people.map((person) => {
          const isPressed = isChosen(person);
          const tag = tags.get(person.id);
          const name = shownName(person.name, words);
          return (
            <li key={person.id}>
              <button
                type="button"
                className={classNames(shapes.listed, shapes.choice, isPressed && styles.pressed)}
                aria-pressed={isSeveral ? isPressed : undefined}
                onClick={() => onPick(person)}
              >
                <Avatar id={person.id} name={name} shape="round" size={40} />
                <span className={styles.who}>
                  <span className={styles.personName} dir="auto" translate="no">
                    {name}
                  </span>
                  <span> </span>
                  {tag !== undefined && (
                    <span className={styles.apart}>{sharedGroupsWords(groups?.get(person.id) ?? [], tag, words)}</span>
                  )}
                </span>
                {isPressed && <Check size={18} aria-hidden />}
              </button>
            </li>
          );
        })}
      </ul>
      {found.kind === 'answer' && people.length === 0 && found.next === undefined && (
        <EmptyState title={nobody.title} body={nobody.body} />
      )}
      {(found.kind === 'answer' ? found.next !== undefined : people.length < all.length) && (
        <Button look="link" onClick={found.kind === 'answer' ? onMore : () => setEnd(end + KNOWN_PART)}>
          {words('new.more')}
        </Button>
      )}
    </>
  );
}
