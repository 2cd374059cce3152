import { Check } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { Person } from '#protocol/http.ts';
import type { Found } from './use-people.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './NewChat.module.css';

interface PeopleListProps {
  found: Found;
  isSeveral: boolean;
  isChosen: (person: Person) => boolean;
  onPick: (person: Person) => void;
  onMore: () => void;
}

export function PeopleList({ found, isSeveral, isChosen, onPick, onMore }: PeopleListProps) {
  const words = useWords();
  // A query of less than 200 ms needs no text; in a longer one the heading already names what will appear.
  if (found.kind === 'loading') return <h3 className={styles.heading}>{words('new.people')}</h3>;
  const { people } = found;
  return (
    <>
      {found.kind === 'known' && (
        <p className={styles.note} role="status">
          {words(`new.${found.because}`)}
        </p>
      )}
      {people.length > 0 && (
        <h3 className={styles.heading}>{words(found.kind === 'known' ? 'new.known' : 'new.people')}</h3>
      )}
      <ul aria-label={words('new.people')}>
        {people.map((person) => {
          const isPressed = isChosen(person);
          return (
            <li key={person.id}>
              <button
                type="button"
                className={classNames(shapes.listed, styles.person, isPressed && styles.pressed)}
                aria-pressed={isSeveral ? isPressed : undefined}
                onClick={() => onPick(person)}
              >
                <Avatar id={person.id} name={person.name} shape="round" size={40} />
                <span className={styles.personName} dir="auto">
                  {person.name}
                </span>
                {isPressed && <Check size={18} aria-hidden />}
              </button>
            </li>
          );
        })}
      </ul>
      {found.kind === 'answer' && people.length === 0 && (
        <EmptyState title={words('new.none')} body={words('new.noneBody')} />
      )}
      {found.kind === 'answer' && found.next !== undefined && (
        <Button look="link" onClick={onMore}>
          {words('new.more')}
        </Button>
      )}
    </>
  );
}
