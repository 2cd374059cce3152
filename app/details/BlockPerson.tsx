import { Ban } from 'lucide-react';
import { useLiveQuery } from 'dexie-react-hooks';
import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { blockPerson, markRead } from '#app/ops/own.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { directStream, type UserId } from '#protocol/ids.ts';
import styles from './Details.module.css';

/** Blocks a person after a confirmation, or unblocks them. It works offline and applies to all devices. [BL1] */
export function BlockPerson({ client, userId, name }: { client: Client; userId: UserId; name: string }) {
  const words = useWords();
  const { store, outbox } = client;
  const [isAsking, setAsking] = useState(false);
  const isBlocked = useLiveQuery(async () => (await store.blocked()).includes(userId), [store, userId]);

  async function block() {
    setAsking(false);
    await outbox.queue(blockPerson(store.userId, userId, true));
    // Unread messages there no longer count. Nobody sees this mark, because it comes after the block. [BL3]
    const stream = directStream(store.userId, userId);
    const row = await store.conversation(stream);
    if (row !== undefined && row.unread > 0) await outbox.queue(markRead(stream, row.lastSeq));
  }

  if (isBlocked === undefined) return null;
  return (
    <>
      <Button
        look="link"
        className={isBlocked ? styles.invite : styles.leave}
        onClick={() => (isBlocked ? void outbox.queue(blockPerson(store.userId, userId, false)) : setAsking(true))}
      >
        <Ban size={18} aria-hidden />
        <span>{words(isBlocked ? 'block.undo' : 'block.do')}</span>
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words('block.title', { name })}
          body={words('block.body')}
          cancel={words('app.cancel')}
          confirm={words('block.do')}
          onConfirm={() => void block()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
