import { useEffect, useRef } from 'react';
import { Avatar } from './Avatar.tsx';
import { classNames } from './class-names.ts';
import styles from './PeopleListbox.module.css';

interface PeopleListboxProps<P extends { id: string; name: string }> {
  id: string;
  label: string;
  people: readonly P[];
  /** The index of the person that Enter chooses. */
  at: number;
  onTake: (person: P) => void;
}

/** The people whom a field offers for its text. The field keeps the focus, and names the active one by `optionId`. */
export function PeopleListbox<P extends { id: string; name: string }>(props: PeopleListboxProps<P>) {
  const { id, label, people, at, onTake } = props;
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers return a promise, which React would treat as the effect's clean-up function.
    active.current?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <div id={id} role="listbox" aria-label={label} className={styles.list}>
      {people.map((person, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys
        <div
          key={person.id}
          ref={index === at ? active : undefined}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={classNames(styles.option, index === at && styles.active)}
          // The field keeps the focus; otherwise a phone's keyboard would close.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(person)}
        >
          <Avatar id={person.id} name={person.name} shape="round" size={28} />
          <span className={styles.name} dir="auto" translate="no">
            {person.name}
          </span>
        </div>
      ))}
    </div>
  );
}

export const optionId = (id: string, index: number) => `${id}-${index}`;
