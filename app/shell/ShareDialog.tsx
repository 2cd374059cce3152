import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
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
 * [CL14]
 */
export default function ShareDialog({ client, list, shared, onClose }: ShareDialogProps) {
  const words = useWords();
  const notify = useNotice();
  const [isClaimed, setClaimed] = useState(!shared.isUnclaimed);
  const text = shared.text.toWellFormed().slice(0, limits.text);
  const files = shared.files.filter(({ size }) => size <= limits.file);

  async function send(streams: readonly ConversationId[]): Promise<void> {
    onClose();
    try {
      const prepared = [];
      for (const file of files) prepared.push(await prepareFile(file, false));
      for (const stream of streams) {
        if (prepared.length > 0) await queueFiles(client, stream, prepared, text);
        else await client.outbox.queue(sendMessage(stream, { text }, correctedNow()));
      }
    } catch {
      return notify(words('files.unreadable'));
    }
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
