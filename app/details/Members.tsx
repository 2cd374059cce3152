import { MoreVertical, UserPlus } from 'lucide-react';
import { memo, useState } from 'react';
import { useLocation } from 'wouter';
import { presenceWords } from '#app/i18n/presence-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { removeMember, setRole } from '#app/ops/members.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { MenuButton } from '#app/ui/MenuButton.tsx';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import { offeredOn, type MemberAct } from './offered-actions.ts';
import { ProfileDialog } from './ProfileDialog.tsx';
import type { Question } from './question.ts';
import styles from './Details.module.css';

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

/** Everybody in the group with their role and presence, and a menu with what the user may do; the whole row opens it. */
export const Members = memo(function Members(props: MembersProps) {
  const { stream, members, self, role, client, now, nameOf, onAdd, onAsk } = props;
  const { outbox } = client;
  const words = useWords();
  const [, navigate] = useLocation();
  const [profile, setProfile] = useState<Person>();
  const presence = useAppSelector((state) => state.presence.people);

  async function message(person: Person): Promise<void> {
    navigate(chatPath(await outbox.startDirect(person)));
  }

  function act(which: MemberAct, userId: UserId) {
    const name = nameOf(userId);
    switch (which) {
      case 'make-admin':
        return void outbox.queue(setRole(stream, userId, 'admin'));
      case 'make-member':
        return void outbox.queue(setRole(stream, userId, 'member'));
      case 'make-owner':
        return onAsk({
          title: words('details.makeOwnerTitle', { name }),
          body: words('details.makeOwnerBody'),
          confirm: words('details.makeOwner'),
          act: () => void outbox.queue(setRole(stream, userId, 'owner')),
        });
      case 'remove':
        return onAsk({
          title: words('details.removeTitle', { name }),
          body: words('details.removeBody'),
          confirm: words('details.remove'),
          act: () => void outbox.queue(removeMember(stream, userId)),
        });
    }
  }

  return (
    <section className={styles.section} aria-label={words('details.people')}>
      <h3 className={styles.heading}>
        <span>{`${words('details.people')} `}</span>
        <span className={styles.count}>{members.length}</span>
      </h3>
      <ul>
        {members.map(({ userId, name: own, role: theirs, waits }) => {
          const name = nameOf(userId);
          const offered = offeredOn(stream, role && { userId: self, role }, { userId, role: theirs });
          const line = userId === self ? '' : presenceWords(presence[userId], now, words);
          return (
            <li key={userId} className={styles.member}>
              <Avatar
                id={userId}
                // For the user, the initials of their name and not of "You".
                name={own ?? name}
                shape="round"
                size={36}
                isOnline={userId !== self && presence[userId]?.online === true}
              />
              <span className={styles.who}>
                <span className={styles.memberName} dir="auto" translate="no">
                  {name}
                </span>
                {line !== '' && <span className={styles.memberLine}>{line}</span>}
              </span>
              {(theirs !== 'member' || waits !== undefined) && (
                <span className={styles.role}>
                  {[
                    theirs === 'member' ? '' : words(`role.${theirs}`),
                    waits === undefined ? '' : words('details.pending'),
                  ]
                    .filter((word) => word !== '')
                    .join(', ')}
                </span>
              )}
              {userId !== self && (
                <MenuButton
                  label={words('details.actions', { name })}
                  className={styles.more}
                  actions={[
                    { label: words('details.message'), run: () => void message({ id: userId, name }) },
                    { label: words('details.profile'), run: () => setProfile({ id: userId, name }) },
                    ...offered.map((which) => ({
                      label: words(labels[which]),
                      isDanger: which === 'remove',
                      run: () => act(which, userId),
                    })),
                  ]}
                >
                  <MoreVertical size={17} aria-hidden />
                </MenuButton>
              )}
            </li>
          );
        })}
      </ul>
      {onAdd !== undefined && (
        <Button look="link" onClick={onAdd}>
          <UserPlus size={18} aria-hidden />
          <span>{words('details.addPeople')}</span>
        </Button>
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

const labels = {
  'make-admin': 'details.makeAdmin',
  'make-member': 'details.makeMember',
  'make-owner': 'details.makeOwner',
  remove: 'details.remove',
} as const;
