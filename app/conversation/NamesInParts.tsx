import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import type { UserId } from '#protocol/ids.ts';
import { useConversation } from './conversation-context.ts';
import { InlineButton } from './InlineButton.tsx';
import styles from './NamesInParts.module.css';

const PART = 50;

interface NamesInPartsProps {
  users: readonly UserId[];
  /** Closes the dialog that they are in. */
  onLeave: () => void;
}

/**
 * Names of people, as the descriptions of one term; each leads to the person's profile. A large group has a thousand members, so
 * they are shown in parts, and a button shows more.
 */
export function NamesInParts({ users, onLeave }: NamesInPartsProps) {
  const words = useWords();
  const { self, nameOf, onPerson } = useConversation();
  const [end, setEnd] = useState(PART);
  const firstNew = useRef<HTMLElement>(null);
  // The button moves or disappears, and the focus must not be lost with it.
  useEffect(() => {
    if (end > PART) firstNew.current?.focus();
  }, [end]);
  return (
    <>
      {users.slice(0, end).map((user, at) => (
        <dd
          key={user}
          ref={at === end - PART ? firstNew : undefined}
          className={styles.name}
          tabIndex={end > PART && at === end - PART ? -1 : undefined}
          dir="auto"
          translate="no"
        >
          {user === self ? (
            nameOf(user)
          ) : (
            <InlineButton
              title={words('details.profile')}
              onClick={() => {
                onLeave();
                onPerson({ id: user, name: nameOf(user) });
              }}
            >
              {nameOf(user)}
            </InlineButton>
          )}
        </dd>
      ))}
      {users.length > end && (
        <dd>
          <Button look="link" onClick={() => setEnd(end + PART)}>
            {words('details.more', { count: users.length - end })}
          </Button>
        </dd>
      )}
    </>
  );
}
