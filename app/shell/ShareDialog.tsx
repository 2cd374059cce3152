import { useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import type { SharedIn } from '#app/local-store/shared-in.ts';
import { prepareFile } from '#app/media/prepare-file.ts';
import { queueFiles } from '#app/media/queue-files.ts';
import { sendMessage } from '#app/ops/messages.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { ChooseChats } from './ChooseChats.tsx';

interface ShareDialogProps {
  client: Client;
  list: ListRows;
  shared: SharedIn;
  onClose: () => void;
}

/**
 * Chooses the chats for what another app has shared with this one. It goes through the outbox, like files that are picked here.
 * [CL14] The dialog holds the only copy, so it stays open until the device has stored everything. [REL-10]
 */
export default function ShareDialog({ client, list, shared, onClose }: ShareDialogProps) {
  const words = useWords();
  const notify = useNotice();
  const [isClaimed, setClaimed] = useState(!shared.isUnclaimed);
  const isSending = useRef(false);
  /** The chats that need not be sent to again if the device could not store the rest. */
  const queued = useRef(new Set<ConversationId>());
  const text = shared.text.toWellFormed().slice(0, limits.text);
  const files = shared.files.filter(({ size }) => size <= limits.file);

  async function send(streams: readonly ConversationId[]): Promise<void> {
    if (isSending.current) return;
    isSending.current = true;
    try {
      const prepared = [];
      for (const file of files) prepared.push(await prepareFile(file, false));
      for (const stream of streams) {
        if (queued.current.has(stream)) continue;
        if (prepared.length > 0) await queueFiles(client, stream, prepared, text);
        else await client.outbox.queue(sendMessage(stream, { text }, correctedNow()));
        queued.current.add(stream);
      }
    } catch (error) {
      return notify(words(error instanceof StoreRefused ? 'app.notStored' : 'files.unreadable'));
    } finally {
      isSending.current = false;
    }
    onClose();
    return notify(words('share.done', { count: streams.length }));
  }
  const count = files.length;
  if (count === 0 && text === '') return null;
  if (!isClaimed)
    return (
      <Dialog title={words('share.unclaimedTitle')} onClose={onClose}>
        <p>{words('share.unclaimed')}</p>
        <DialogActions cancel={words('share.discard')} onCancel={onClose}>
          <Button onClick={() => setClaimed(true)}>{words('share.continue')}</Button>
        </DialogActions>
      </Dialog>
    );
  return (
    <ChooseChats
      client={client}
      list={list}
      title={count === 0 ? words('share.text') : words('share.files', { count })}
      confirm={(chats) => words('share.button', { count: chats })}
      onChoose={(streams) => void send(streams)}
      onClose={onClose}
    />
  );
}
