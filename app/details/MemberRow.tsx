import { MoreVertical } from 'lucide-react';
import { presenceWords } from '#app/i18n/presence-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { Avatar } from '#app/ui/Avatar.tsx';
import { MenuButton, type TriggerProps } from '#app/ui/MenuButton.tsx';
import styles from './Details.module.css';

interface MemberRowProps {
  member: ShownMember;
  /** The name that is shown here. */
  name: string;
  isSelf: boolean;
  now: Date;
  actions: Action[];
  /** Given if the list is one tab stop. */
  trigger?: TriggerProps;
}

/** A member's picture, name, presence and role, and a menu with what the user may do; the whole row opens it. */
export function MemberRow({ member, name, isSelf, now, actions, trigger }: MemberRowProps) {
  const { userId, name: own, role, waits } = member;
  const words = useWords();
  const presence = useAppSelector((state) => state.presence.people[userId]);
  const line = isSelf ? '' : presenceWords(presence, now, words);
  return (
    <>
      <Avatar
        id={userId}
        // For the user, the initials come from their name and not from "You".
        name={own ?? name}
        shape="round"
        size={36}
        isOnline={!isSelf && presence?.online === true}
      />
      <span className={styles.who}>
        <span className={styles.memberName} dir="auto" translate="no">
          {name}
        </span>
        {line !== '' && <span className={styles.memberLine}>{line}</span>}
      </span>
      {(role !== 'member' || waits !== undefined) && (
        <span className={styles.role}>
          {[role === 'member' ? '' : words(`role.${role}`), waits === undefined ? '' : words('details.pending')]
            .filter((word) => word !== '')
            .join(', ')}
        </span>
      )}
      {!isSelf && (
        <MenuButton
          label={words('details.actions', { name })}
          className={styles.more}
          actions={actions}
          trigger={trigger}
        >
          <MoreVertical size={17} aria-hidden />
        </MenuButton>
      )}
    </>
  );
}
