import { UserPlus, UsersRound } from 'lucide-react';
import { memo, Suspense, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { TriggerProps } from '#app/ui/MenuButton.tsx';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import { MemberRow } from './MemberRow.tsx';
import { ProfileDialog } from './ProfileDialog.tsx';
import type { Question } from './question.ts';
import { useMemberActions } from './use-member-actions.ts';
import styles from './Details.module.css';

const AllMembers = lazyComponent(() => import('./AllMembers.tsx'));

/** More people than this get a list of their own, so that the details below them are near. */
const MOST_IN_DETAILS = 20;
/** How many of them the details show: the owner, the admins, and the first by name. */
const FIRST = 10;

interface MembersProps {
  stream: ConversationId;
  members: readonly ShownMember[];
  self: UserId;
  role: Role | undefined;
  client: Client;
  now: Date;
  nameOf: (userId: string) => string;
  onAdd: (() => void) | undefined;
  onAsk: (question: Question) => void;
}

/** The people in the group: all of a small one, and of a large one the first, with a button that shows everybody. */
export const Members = memo(function Members(props: MembersProps) {
  const { stream, members, self, role, client, now, nameOf, onAdd, onAsk } = props;
  const words = useWords();
  const [profile, setProfile] = useState<Person>();
  const [isListOpen, setListOpen] = useState(false);
  const { message, actionsOf } = useMemberActions({
    stream,
    self,
    role,
    client,
    nameOf,
    onAsk,
    onProfile: setProfile,
  });
  const rowOf = (member: ShownMember, trigger?: TriggerProps) => (
    <MemberRow
      member={member}
      name={nameOf(member.userId)}
      isSelf={member.userId === self}
      now={now}
      actions={actionsOf(member)}
      {...(trigger === undefined ? {} : { trigger })}
    />
  );
  const isLarge = members.length > MOST_IN_DETAILS;

  return (
    <section className={styles.section} aria-label={words('details.people')}>
      <h3 className={styles.heading}>
        <span>{`${words('details.people')} `}</span>
        <span className={styles.count}>{members.length}</span>
      </h3>
      <ul>
        {(isLarge ? members.slice(0, FIRST) : members).map((member) => (
          <li key={member.userId} className={styles.member}>
            {rowOf(member)}
          </li>
        ))}
      </ul>
      {isLarge && (
        <Button look="link" onClick={() => setListOpen(true)}>
          <UsersRound size={18} aria-hidden />
          <span>{words('details.everybody', { count: members.length })}</span>
        </Button>
      )}
      {onAdd !== undefined && (
        <Button look="link" onClick={onAdd}>
          <UserPlus size={18} aria-hidden />
          <span>{words('details.addPeople')}</span>
        </Button>
      )}
      {isListOpen && (
        <Suspense fallback={null}>
          <AllMembers members={members} self={self} nameOf={nameOf} rowOf={rowOf} onClose={() => setListOpen(false)} />
        </Suspense>
      )}
      {profile !== undefined && (
        <ProfileDialog
          client={client}
          person={profile}
          onMessage={() => void message(profile)}
          onClose={() => setProfile(undefined)}
        />
      )}
    </section>
  );
});
