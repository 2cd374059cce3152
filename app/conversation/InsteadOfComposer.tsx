import { useWords } from '#app/i18n/words.ts';
import { forgetUnsent, hasUnsentFiles } from '#app/local-store/forget-unsent.ts';
import { keptPollText } from '#app/local-store/unsent-polls.ts';
import { useFiles } from '#app/media/use-files.ts';
import { blockPerson } from '#app/ops/own.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { directPeer, type ConversationId } from '#protocol/ids.ts';
import { LeftNote } from './LeftNote.tsx';
import { lostWithChat } from './lost-with-chat.ts';
import { RequestBar } from './RequestBar.tsx';
import type { ConversationRows } from './use-conversation-rows.ts';
import type { Names } from './use-names.ts';
import styles from './Conversation.module.css';

export interface InsteadOfComposerProps {
  client: Client;
  stream: ConversationId;
  rows: ConversationRows;
  names: Names;
  /** The chat is a request. */
  isAsked: boolean;
}

/** Why nothing can be written here, and what can be done about it. */
export default function InsteadOfComposer({ client, stream, rows, names, isAsked }: InsteadOfComposerProps) {
  const words = useWords();
  const { outbox, store, userId: self } = client;
  const files = useFiles(self);
  const { row, draft, scheduled, hasLeft } = rows;
  if (hasLeft)
    return (
      <LeftNote
        membership={row?.membership}
        name={names.name}
        nameOf={names.nameOf}
        draft={draft.text}
        onDiscardDraft={() => void store.saveDraft(stream, '', draft.text)}
        scheduled={scheduled}
        onLost={async () => {
          // If the device cannot read them, the chat can be removed all the same.
          const [poll, hasFiles] = await Promise.all([
            keptPollText(files, stream).catch(() => undefined),
            hasUnsentFiles(files, stream).catch(() => false),
          ]);
          return lostWithChat({ rows, poll, hasFiles, name: names.name }, self);
        }}
        onForget={async () => {
          // Before the chat itself, because once that is gone, nobody could remove the rest.
          await forgetUnsent(files, stream);
          await store.forgetLeft(stream);
        }}
      />
    );
  if (isAsked) return <RequestBar client={client} stream={stream} rows={rows} name={names.name} />;
  return (
    <div className={styles.left}>
      <p role="status">{words('block.note')}</p>
      <Button look="link" onClick={() => void outbox.queue(blockPerson(self, directPeer(stream, self), false))}>
        {words('block.undo')}
      </Button>
    </div>
  );
}
