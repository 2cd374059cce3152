import { useEffect, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { classNames } from '#app/ui/class-names.ts';
import type { MentionListProps } from './use-mention-completion.ts';
import styles from './Mentions.module.css';

/** The people to choose from while a mention is being typed. The field keeps the focus. */
export function MentionList({ id, offered, at, optionId, onTake }: MentionListProps) {
  const words = useWords();
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers return a promise, which React would take for the effect's end.
    active.current?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <>
      <div id={id} role="listbox" aria-label={words('mention.title')} className={styles.list}>
        {offered.map((person, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys
          <div
            key={person.id}
            ref={index === at ? active : undefined}
            id={optionId(index)}
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
      <span role="status" className="unseen">
        {words('mention.found', { count: offered.length })}
      </span>
    </>
  );
}
