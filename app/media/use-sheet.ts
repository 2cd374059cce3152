import { useCallback, useEffect, useRef, useState } from 'react';
import type { Files, PickedFile } from '#app/local-store/files.ts';
import { endSheet, keepSheet, keptSheet, type Sheet } from '#app/local-store/unsent-sheets.ts';
import { uuidV7, type ConversationId, type UserId } from '#protocol/ids.ts';
import { isReadable } from './readable.ts';
import { useFiles } from './use-files.ts';

export const pickedId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const pickedOf = (file: File): PickedFile => ({ id: pickedId(), file });
const EMPTY: Sheet = { picked: [], caption: '', asFiles: false };

/**
 * The sheet of a chat: the files that the device has kept since an earlier visit, and those that are picked now. Changes are
 * stored on the device. One tab at a time has the sheet of a chat; files that are picked meanwhile in another tab are not stored
 * until that tab gets the sheet.
 *
 * @param offered all files that were picked since the sheet was opened
 * @returns the sheet, undefined until it is known what the device holds; and how to change, read and end it
 */
export function useSheet(self: UserId, stream: ConversationId, offered: readonly File[]) {
  const files = useFiles(self);
  const [sheet, setSheet] = useState<Sheet>();
  /** Ids of files that can no longer be read. */
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [taken, setTaken] = useState(0);
  /** Another tab has the sheet. */
  const [isWaiting, setWaiting] = useState(false);
  const isKept = useRef(false);
  const isOver = useRef(false);

  useEffect(() => {
    const closing = new AbortController();
    isOver.current = false;
    async function open(): Promise<void> {
      // If the device cannot read it, the app says so elsewhere.
      const kept = await keptSheet(files, stream).catch(() => undefined);
      if (closing.signal.aborted) return undefined;
      isKept.current = true;
      setWaiting(false);
      setSheet((before) => joined(kept, before));
      return new Promise((resolve) => closing.signal.addEventListener('abort', () => resolve()));
    }
    async function take({ request }: LockManager): Promise<void> {
      const name = `teamlink-sheet-${self}-${stream}`;
      const wasFree = await request.call(navigator.locks, name, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await open();
        return lock !== null;
      });
      if (wasFree || closing.signal.aborted) return;
      setWaiting(true);
      await request.call(navigator.locks, name, { signal: closing.signal }, open);
    }
    if (!('locks' in navigator)) void open();
    // Rejects only when the chat is left while another tab has its sheet.
    else void take(navigator.locks).catch(() => undefined);
    return () => {
      isKept.current = false;
      closing.abort();
    };
  }, [self, files, stream]);

  if ((sheet !== undefined || isWaiting) && offered.length > taken) {
    setTaken(offered.length);
    setSheet({ ...(sheet ?? EMPTY), picked: [...(sheet?.picked ?? []), ...offered.slice(taken).map(pickedOf)] });
  }

  const latest = useRef<Sheet>(undefined);
  const keeping = useRef<Promise<void>>(undefined);
  useEffect(() => {
    latest.current = sheet;
    if (sheet === undefined || sheet.picked.length === 0 || !isKept.current) return;
    keeping.current ??= keepLatest().finally(() => {
      keeping.current = undefined;
    });
    async function keepLatest(): Promise<void> {
      let last: Sheet | undefined;
      while (latest.current !== last && latest.current !== undefined && !isOver.current) {
        last = latest.current;
        await keep(last);
      }
    }
    /** Files that do not fit on the device, or can no longer be read, stay in the sheet as long as the page is open. */
    async function keep(all: Sheet): Promise<void> {
      try {
        await keepSheet(files, stream, all);
      } catch {
        const lost = await unreadable(await kept(files, stream, all.picked));
        setGone(lost);
        const rest = all.picked.filter(({ id }) => !lost.has(id));
        if (lost.size > 0) await keepSheet(files, stream, { ...all, picked: rest }).catch(() => undefined);
      }
    }
  }, [files, stream, sheet]);

  /**
   * The files to send, as the device has stored them, whatever became of the originals. Undefined if a file was not stored and
   * can no longer be read.
   */
  const read = useCallback(async () => {
    await keeping.current;
    const all = await kept(files, stream, latest.current?.picked ?? []);
    const lost = await unreadable(all);
    setGone(lost);
    return lost.size === 0 ? all : undefined;
  }, [files, stream]);
  const change = useCallback((by: Partial<Sheet>) => setSheet((before = EMPTY) => ({ ...before, ...by })), []);
  /** It was sent or discarded. */
  const end = useCallback(async () => {
    isOver.current = true;
    await keeping.current;
    if (isKept.current) await endSheet(files, stream).catch(() => undefined);
  }, [files, stream]);
  return { sheet, gone, read, change, end };
}

/** The device's own copies, if it has them. */
async function kept({ unsent }: Files, stream: ConversationId, picked: readonly PickedFile[]): Promise<PickedFile[]> {
  // If the device cannot read them, the app says so elsewhere.
  const copies = await unsent.picked
    .where('stream')
    .equals(stream)
    .toArray()
    .catch(() => []);
  const found = new Map(copies.map((copy) => [copy.id, copy]));
  return picked.map((each) => found.get(each.id) ?? each);
}

async function unreadable(picked: readonly PickedFile[]): Promise<ReadonlySet<string>> {
  const lost = new Set<string>();
  for (const { id, file } of picked) if (!(await isReadable(file))) lost.add(id);
  return lost;
}

/** The files that another tab has left, and those that were picked here while it had the sheet. */
function joined(kept: Sheet = EMPTY, picked: Sheet = EMPTY): Sheet {
  const caption = picked.caption === '' ? kept.caption : picked.caption;
  return {
    picked: [...kept.picked, ...picked.picked],
    caption,
    asFiles: kept.asFiles || picked.asFiles,
    when: picked.when ?? kept.when,
  };
}
