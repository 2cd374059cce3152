import { useLocation } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { removeMember, setRole } from '#app/ops/members.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import type { Client } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { chatPath } from '#protocol/chat-path.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import { offeredOn, type MemberAct } from './offered-actions.ts';
import type { Question } from './question.ts';

interface MemberActionsOptions {
  stream: ConversationId;
  self: UserId;
  role: Role | undefined;
  client: Client;
  nameOf: (userId: string) => string;
  onAsk: (question: Question) => void;
  onProfile: (person: Person) => void;
}

/** What the user may do with a member of the group; actions that can't be undone ask for confirmation first. */
export function useMemberActions({ stream, self, role, client, nameOf, onAsk, onProfile }: MemberActionsOptions) {
  const { outbox } = client;
  const words = useWords();
  const [, navigate] = useLocation();

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

  function actionsOf({ userId, role: theirs }: ShownMember): Action[] {
    const person = { id: userId, name: nameOf(userId) };
    const offered = offeredOn(stream, role && { userId: self, role }, { userId, role: theirs });
    return [
      { label: words('details.message'), run: () => void message(person) },
      { label: words('details.profile'), run: () => onProfile(person) },
      ...offered.map((which) => ({
        label: words(labels[which]),
        isDanger: which === 'remove',
        run: () => act(which, userId),
      })),
    ];
  }

  return { message, actionsOf };
}

const labels = {
  'make-admin': 'details.makeAdmin',
  'make-member': 'details.makeMember',
  'make-owner': 'details.makeOwner',
  remove: 'details.remove',
} as const;
