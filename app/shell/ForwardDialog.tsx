import { useLiveQuery } from 'dexie-react-hooks';
import type { ForwardedMessages } from '#app/conversation/forwarded-messages.ts';
import { MessageGone } from '#app/conversation/MessageGone.tsx';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { forwardMessage } from '#app/ops/messages.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { ChooseChats } from './ChooseChats.tsx';

interface ForwardDialogProps {
  client: Client;
  list: ListRows;
  messages: ForwardedMessages;
  onClose: () => void;
}

/**
 * Chooses the chats to which messages are forwarded. They go through the outbox like any other message. [OP3] A message that somebody
 * deletes meanwhile is left out, and the person is told so.
 */
export default function ForwardDialog({ client, list, messages, onClose }: ForwardDialogProps) {
  const words = useWords();
  const notify = useNotice();
  const { store, outbox } = client;
  const { phase } = useAppSelector(shownConnection);
  const { stream: from, messageIds } = messages;
  const present = useLiveQuery(() => readPresent(store, messages), [store, messages], messageIds);
  if (present.length === 0) return <MessageGone onClose={onClose} />;
  async function forward(streams: readonly ConversationId[]): Promise<void> {
    onClose();
    const left = await readPresent(store, messages);
    for (const stream of streams)
      for (const messageId of left)
        await outbox.queue(forwardMessage(stream, { stream: from, messageId }, correctedNow()));
    // Without a connection, they only wait in the outbox.
    const done = words(phase === 'online' ? 'forward.done' : 'share.done', { count: streams.length });
    const gone = messageIds.length - left.length;
    notify(gone === 0 ? done : `${done}. ${words('forward.gone', { count: gone })}`);
  }
  return (
    <ChooseChats
      client={client}
      list={list}
      title={words('forward.title')}
      confirm={(count) => words('forward.button', { count })}
      onChoose={(streams) => void forward(streams)}
      onClose={onClose}
    />
  );
}

/** The messages that nobody has deleted. */
async function readPresent(store: ViewStore, { stream, messageIds }: ForwardedMessages): Promise<OpId[]> {
  const held = await Promise.all(messageIds.map((id) => store.message(stream, id)));
  return messageIds.filter((_, at) => held[at]?.deletedAt === undefined);
}
