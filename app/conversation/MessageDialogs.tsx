import type { EditUnderWay, OutboxRow } from '#app/local-store/local-store.ts';
import { useWords } from '#app/i18n/words.ts';
import { ReportDialog } from '#app/reports/lazy-report-dialog.ts';
import { mentionablePeople, mentionedIn } from '#app/shown/mentions.ts';
import { closePoll } from '#app/ops/polls.ts';
import { isShownConnected } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { EditDialog } from './EditDialog.tsx';
import { InfoDialog } from './InfoDialog.tsx';
import { MessageGone } from './MessageGone.tsx';
import type { MessageDialog } from './message-dialog.ts';
import { PollVotesDialog } from './PollVotesDialog.tsx';
import type { MessageNow } from './use-message-now.ts';

interface MessageDialogsProps {
  open: MessageDialog;
  message: MessageNow;
  members: readonly MemberRecord[];
  /** The op that sends the message, while that waits on this device. */
  waiting: OutboxRow | undefined;
  /** The unfinished edit of this message. */
  edit: EditUnderWay | undefined;
  onClose: () => void;
}

/** The dialogs about a message. They show the message as it is now, and not as it was when they were opened. */
export default function MessageDialogs(props: MessageDialogsProps) {
  const { open, message, members, waiting, edit, onClose } = props;
  const { kind, id } = open;
  const words = useWords();
  const isConnected = useAppSelector(isShownConnected);
  const { client, stream, self, outbox, mentionable, nameOf } = useConversation();
  const { store } = client;
  if (message === undefined) return null;
  const present = message === null || message.deletedAt !== undefined ? undefined : message;
  const text = present?.text;
  // Undefined if the mentions have not changed. People who have left can stay mentioned.
  function mentionsOf(next: string): UserId[] | undefined {
    const before = message?.mentions ?? [];
    const remaining = members.filter(({ leftAt }) => leftAt === undefined);
    const people = new Map(
      [...mentionable(before), ...mentionablePeople(stream, remaining, self)].map((person) => [person.id, person]),
    );
    const mentions = mentionedIn(next, [...people.values()]);
    return mentions.length === before.length && mentions.every((id) => before.includes(id)) ? undefined : mentions;
  }
  const gone = <MessageGone onClose={onClose} />;
  switch (kind) {
    case 'edit':
      return (
        <EditDialog
          key={id}
          store={store}
          edit={edit ?? { id, stream, text: text ?? '', from: text ?? '' }}
          current={text}
          onClose={onClose}
          onSave={async (next) => {
            if (next === text) await store.dropEdit(id);
            else await outbox.editText(stream, id, next, mentionsOf(next));
            onClose();
          }}
        />
      );
    case 'report': {
      if (present === undefined) return gone;
      const person = { id: present.senderId, name: nameOf(present.senderId) };
      return (
        <ReportDialog
          store={store}
          outbox={outbox}
          stream={stream}
          messageId={id}
          person={person}
          name={person.name}
          isConnected={isConnected}
          onClose={onClose}
        />
      );
    }
    case 'info':
      if (present === undefined) return gone;
      return <InfoDialog store={store} message={present} members={members} waiting={waiting} onClose={onClose} />;
    case 'votes':
      return present?.poll === undefined ? gone : <PollVotesDialog poll={present.poll} onClose={onClose} />;
    case 'closePoll':
      if (present === undefined) return gone;
      return (
        <ConfirmDialog
          title={words('poll.closeTitle')}
          body={words('poll.closeBody')}
          cancel={words('app.cancel')}
          confirm={words('poll.close')}
          onClose={onClose}
          onConfirm={() => {
            onClose();
            // The button to which the focus would return disappears when the poll is closed. [A5]
            void outbox.queue(closePoll(stream, id)).then(() => focusMessage(id));
          }}
        />
      );
  }
}

function focusMessage(id: OpId): void {
  document.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)?.focus();
}
