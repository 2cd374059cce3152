import { useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { messageAt } from './message-at.ts';
import styles from './Details.module.css';

interface DateDialogProps {
  client: Client;
  stream: ConversationId;
  onClose: () => void;
}

/** Asks for a day, and goes to the first message of it, or the next one after. */
export default function DateDialog({ client, stream, onClose }: DateDialogProps) {
  const words = useWords();
  const notify = useNotice();
  const [, navigate] = useLocation();
  const [today] = useState(() => localDay(correctedNow()));
  const [isBusy, setBusy] = useState(false);

  async function go(day: string): Promise<void> {
    setBusy(true);
    // The beginning of the day on this device's clock: without a zone, the time is local.
    const id = await messageAt(client, stream, new Date(`${day}T00:00`).toISOString()).catch(() => undefined);
    setBusy(false);
    onClose();
    if (id === undefined) notify(words('date.nothing'));
    else navigate(messagePath(stream, id));
  }
  function onSubmit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const day = new FormData(event.currentTarget).get('day');
    if (typeof day === 'string' && day !== '' && !isBusy) void go(day);
  }

  return (
    <Dialog title={words('date.open')} onClose={() => onClose()}>
      <form onSubmit={onSubmit} className={styles.form}>
        <TextField label={words('date.day')} name="day" type="date" required max={today} defaultValue={today} />
        <DialogActions cancel={words('app.cancel')} onCancel={() => onClose()}>
          <Button type="submit" disabled={isBusy}>
            {words(isBusy ? 'date.going' : 'date.go')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** In the format of a date field, in local time. */
function localDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
