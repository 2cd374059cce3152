import type { ConversationId, MediaId, MessageId, StreamId, UserId } from '#protocol/ids.ts';
import type { MessageRecord, ScheduledMessage } from '#protocol/record.ts';
import { UNSENT_KEPT_MS } from './claims.ts';
import { type FileStore, thumbnailName } from './file-store.ts';
import type { Incoming } from './incoming.ts';
import type { Claim, MediaRow } from './media-row.ts';
import type { MediaRows } from './media-rows.ts';
import { carriesFile } from './scheduled-files.ts';

export interface SweepParts {
  rows: MediaRows;
  store: FileStore;
  incoming: Pick<Incoming, 'removeOld'>;
  unfinished: Pick<Incoming, 'removeOld'>;
  /** A message as stored now, regardless of who may read it. */
  storedMessage(stream: ConversationId, id: MessageId): Promise<MessageRecord | undefined>;
  /** The scheduled messages of a person. */
  scheduledOf(userId: UserId): Promise<ScheduledMessage[]>;
  /** Whether this is the picture of that group or person now. */
  isPicture(stream: StreamId, id: MediaId): Promise<boolean>;
  now: () => number;
}

const PAGE = 100;
const EVERY_MS = 5 * 60_000;
/** By then, a profile or a group that was about to get this picture has it. */
const PICTURE_PENDING_MS = 10 * 60_000;

/**
 * Deletes files that no message carries: those that were never sent, a day after the upload, and those whose last message was
 * deleted. The row is deleted first, so a crash leaves a file without a row, which the next sweep finds. [MD7] [REL-16]
 */
export function createSweep({
  rows,
  store,
  incoming,
  unfinished,
  storedMessage,
  scheduledOf,
  isPicture,
  now,
}: SweepParts) {
  /** `pending`: the message may still arrive. */
  async function stateOf(
    { _id, owner }: MediaRow,
    { stream, messageId, at }: Claim,
  ): Promise<'held' | 'pending' | 'over'> {
    if (messageId === undefined) {
      if (await isPicture(stream, _id)) return 'held';
      return now() - at < PICTURE_PENDING_MS ? 'pending' : 'over';
    }
    const message = await storedMessage(stream as ConversationId, messageId);
    if (message?.attachments.some(({ mediaId }) => mediaId === _id) === true) return 'held';
    if (message === undefined && carriesFile(await scheduledOf(owner), messageId, _id)) return 'held';
    return message === undefined && now() - at < UNSENT_KEPT_MS ? 'pending' : 'over';
  }

  async function check(row: MediaRow): Promise<void> {
    const states = await Promise.all(row.claims.map((claim) => stateOf(row, claim)));
    const claims = row.claims.filter((_, at) => states[at] !== 'over');
    const isPending = states.includes('pending');
    if (claims.length > 0) return rows.settle(row, claims, isPending ? now() + UNSENT_KEPT_MS : undefined);
    if (await rows.remove(row)) await removeFiles(row._id);
  }

  async function removeFiles(id: MediaId): Promise<void> {
    await Promise.all([store.remove(id), store.remove(thumbnailName(id))]);
  }

  async function checkDue(): Promise<void> {
    for (let page; page === undefined || page.length === PAGE;) {
      page = await rows.due(now(), PAGE);
      for (const row of page) await check(row);
    }
  }

  /** Files that a crash between writing the file and its row left behind. */
  async function removeStray(): Promise<void> {
    let page = new Map<MediaId, string[]>();
    const settle = async () => {
      const known = await rows.find([...page.keys()]);
      for (const [id, names] of page) if (!known.has(id)) for (const name of names) await store.remove(name);
      page = new Map();
    };
    for await (const { name, storedAt } of store.list()) {
      if (now() - storedAt < UNSENT_KEPT_MS) continue;
      const id = name.replace(/\.thumbnail$/, '') as MediaId;
      page.set(id, [...(page.get(id) ?? []), name]);
      if (page.size >= PAGE) await settle();
    }
    await settle();
  }

  return async (scope: 'due' | 'everything' = 'everything'): Promise<void> => {
    await checkDue();
    if (scope === 'due') return;
    await incoming.removeOld();
    await unfinished.removeOld();
    await removeStray();
  };
}

export type Sweep = ReturnType<typeof createSweep>;

/** Sweeps everything once, an hour after the start, and due files every few minutes. */
export function startSweep(sweep: Sweep, onFailure: (error: unknown) => void): { close(): Promise<void> } {
  const EVERYTHING_EACH = 12;
  let count = 0;
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => sweep(count++ % EVERYTHING_EACH === 0 ? 'everything' : 'due')).catch(onFailure);
  }, EVERY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
