import { useEffect, useRef, useState } from 'react';
import type { Files, PollForm } from '#app/local-store/files.ts';
import { endPoll, keepPoll } from '#app/local-store/unsent-polls.ts';
import { onLeaving } from '#app/ui/on-leaving.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { forgetUnsaved, keepUnsaved } from './unsaved-texts.ts';

const EMPTY: PollForm = {
  question: '',
  fields: [
    { key: 0, text: '' },
    { key: 1, text: '' },
  ],
  isMultiple: false,
  isAnonymous: false,
};

interface PollFormOptions {
  self: UserId;
  files: Files;
  stream: ConversationId;
  /** What the device has kept, from this tab or another one. */
  kept: PollForm | undefined;
  isOpen: boolean;
}

/**
 * The fields of a poll. Changes are stored on the device at once; what the device cannot store stays in the fields as long as the
 * chat is open.
 */
export function usePollForm({ self, files, stream, kept, isOpen }: PollFormOptions) {
  const [typed, setTyped] = useState<PollForm>();
  /** The fields as they are now, and as the device last stored them. */
  const latest = useRef<PollForm>(undefined);
  const stored = useRef<PollForm>(undefined);
  const keeping = useRef<Promise<void>>(undefined);
  const isOver = useRef(false);

  useEffect(() => {
    const leave = () => {
      const form = latest.current;
      if (form !== undefined && form !== stored.current && !isOver.current)
        keepUnsaved('poll', self, stream, { stream, form });
    };
    return onLeaving(leave);
  }, [self, stream]);

  async function keepLatest(): Promise<void> {
    while (latest.current !== undefined && latest.current !== stored.current && !isOver.current) {
      const form = latest.current;
      try {
        await keepPoll(files, stream, form);
      } catch {
        // The device is full. The next change tries again.
        return;
      }
      stored.current = form;
    }
    forgetUnsaved('poll', self, stream);
  }

  return {
    form: (isOpen ? (typed ?? kept) : (kept ?? typed)) ?? EMPTY,
    change(next: PollForm) {
      setTyped(next);
      latest.current = next;
      keeping.current ??= keepLatest().finally(() => {
        keeping.current = undefined;
      });
    },
    /** For when the dialog is opened again: another tab may have changed what this one had stored. */
    reopen() {
      if (latest.current === stored.current) setTyped(undefined);
    },
    /** For when the poll was sent or discarded. */
    async end() {
      isOver.current = true;
      forgetUnsaved('poll', self, stream);
      await keeping.current;
      await endPoll(files, stream).catch(() => undefined);
    },
  };
}
