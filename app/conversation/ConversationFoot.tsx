import { useWords, withAllWords } from '#app/i18n/words.ts';
import { blockPerson } from '#app/ops/own.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { directPeer, isDirect, type ConversationId } from '#protocol/ids.ts';
import { Composer } from './Composer.tsx';
import type { ConversationRows } from './use-conversation-rows.ts';
import type { Names } from './use-names.ts';
import type { Reply } from './use-reply.ts';
import styles from './Conversation.module.css';

const LeftNote = lazyExtra(withAllWords(() => import('./LeftNote.tsx')));

interface ConversationFootProps {
  client: Client;
  stream: ConversationId;
  rows: ConversationRows;
  names: Names;
  people: readonly NamedPerson[];
  hasFocus: boolean;
  answering: Reply;
  onEditLast: () => void;
}

/** Below the messages: where one writes, or why one can't. */
export function ConversationFoot(props: ConversationFootProps) {
  const { client, stream, rows, names, people, hasFocus, answering, onEditLast } = props;
  const words = useWords();
  const { outbox, store, userId: self } = client;
  const { row, draft, scheduled, hasLeft, blocked } = rows;
  const peer = isDirect(stream) ? directPeer(stream, self) : undefined;
  if (hasLeft)
    return (
      <LeftNote
        membership={row?.membership}
        nameOf={names.nameOf}
        draft={draft.text}
        onDiscardDraft={() => void store.saveDraft(stream, '', draft.text)}
        scheduled={scheduled}
        onForget={() => store.forgetLeft(stream)}
      />
    );
  if (peer !== undefined && blocked.includes(peer))
    return (
      <div className={styles.left}>
        <p role="status">{words('block.note')}</p>
        <Button look="link" onClick={() => void outbox.queue(blockPerson(self, peer, false))}>
          {words('block.undo')}
        </Button>
      </div>
    );
  return (
    <Composer
      client={client}
      stream={stream}
      name={names.name}
      draft={draft}
      people={people}
      hasFocus={hasFocus}
      maySchedule={row?.record !== undefined || row?.creation !== undefined}
      reply={answering.reply}
      onReplyEnd={answering.endReply}
      onEditLast={onEditLast}
    />
  );
}
