import type { ConversationRow, Reading, ViewStore } from '#app/local-store/local-store.ts';
import { heldRuns, isInside, outsideOf, withRun } from '#app/local-store/runs.ts';
import type { IndexedStream, SearchIndex } from '#app/local-store/search-index.ts';
import type { ConversationId, StreamId } from '#protocol/ids.ts';
import { searchedText, type MessageRecord } from '#protocol/record.ts';
import { searchKeys } from '#protocol/search-words.ts';
import { filterKeys } from './filters.ts';
import { compressed, decompressed } from './compressed.ts';
import { decodeSegment, encodeSegment, type IndexedMessage } from './segment.ts';

export interface IndexBuild {
  store: Pick<ViewStore, 'conversations' | 'snapshot' | 'messagesAt' | 'epoch'>;
  index: SearchIndex;
  signal: AbortSignal;
  /** Resolves when the device is idle, because typing and receiving come first. */
  idle: () => Promise<void>;
}

/** Messages read at once: a few milliseconds of work. */
const CHUNK = 200;
/** The keys of a segment are stored once for all its messages, so small segments take more space. */
const SEGMENT_MESSAGES = 4_096;
/** Fewer messages than this are searched as quickly without the index. */
const FEWEST_MESSAGES = 500;

/**
 * Brings the index up to date with the messages on this device, starting with the most recently active chats. A remainder that is
 * too small for a segment is searched without the index.
 */
export async function buildIndex({ store, index, signal, idle }: IndexBuild): Promise<void> {
  const epoch = await store.epoch();
  if (epoch === undefined) return;
  const { streams, segments } = await index.state(epoch);
  const pending = new Map<string, IndexedMessage>();
  const changed = new Map<StreamId, IndexedStream>();
  let last = segments.at(-1);

  async function flush(): Promise<void> {
    const small = await smallSegment(index, last);
    const before = small === undefined ? [] : await store.messagesAt(small.messages);
    const messages = new Map([...indexedOf(before), ...pending]);
    const bytes = await compressed(encodeSegment([...messages.values()]));
    if (signal.aborted) return;
    await index.add({ epoch: epoch ?? '', bytes, replaced: small?.id, streams: [...changed.values()] });
    pending.clear();
    changed.clear();
    last = (await index.state(epoch)).segments.at(-1);
  }

  const rows = (await store.conversations()).toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  for (const row of rows) {
    for (;;) {
      await idle();
      if (signal.aborted) return;
      const known = streams.get(row.stream) ?? { stream: row.stream, rev: 0, runs: [] };
      const step = await store.snapshot((reading) => nextStep(reading, row, known));
      if (step === undefined) break;
      for (const [key, message] of indexedOf(step.messages)) pending.set(key, message);
      streams.set(row.stream, step.stream);
      changed.set(row.stream, step.stream);
      if (pending.size >= SEGMENT_MESSAGES) await flush();
    }
  }
  if (pending.size >= FEWEST_MESSAGES && !signal.aborted) await flush();
}

interface Step {
  /** The messages that the index lacks, or has in an older version. */
  messages: MessageRecord[];
  /** The part of the conversation that the index covers together with them. */
  stream: IndexedStream;
}

/** The next messages of a conversation, read in one transaction; nothing if the index has all of it. */
async function nextStep(reading: Reading, row: ConversationRow, known: IndexedStream): Promise<Step | undefined> {
  const { stream } = row;
  const cursor = (await reading.cursors())[stream] ?? 0;
  // Changes are applied in the order of their revs, so all changes up to the cursor are in the rows.
  const later = cursor > known.rev ? await reading.messagesAfter(stream, known.rev) : [];
  const again = later.filter(({ seq }) => isInside(known.runs, seq));
  const rev = Math.max(known.rev, cursor);
  const missing = heldRuns(row).flatMap(([from, to]) => outsideOf(known.runs, from, to));
  for (const [fromSeq, toSeq] of missing) {
    const added = await reading.messages(stream, { fromSeq, toSeq, limit: CHUNK });
    // The device may not have all of them.
    if (added.length === 0) continue;
    const runs = added.reduce((all, { seq }) => withRun(all, seq, seq), [...known.runs]);
    return { messages: [...again, ...added], stream: { stream, rev, runs } };
  }
  return rev === known.rev ? undefined : { messages: again, stream: { ...known, rev } };
}

/** The messages that can be found, by stream and seq. Others count as indexed, because there is nothing to find in them. */
function indexedOf(messages: readonly MessageRecord[]): [string, IndexedMessage][] {
  return messages.flatMap((message): [string, IndexedMessage][] => {
    const { stream, seq, createdAt, event, deletedAt } = message;
    if (event !== undefined || deletedAt !== undefined) return [];
    const keys = [...searchKeys(searchedText(message)), ...filterKeys(message)];
    return [[`${stream} ${seq}`, { stream: stream as ConversationId, seq, createdAt, keys }]];
  });
}

/** The last segment, if it is so small that it is rebuilt together with the new messages. */
async function smallSegment(
  index: SearchIndex,
  id: number | undefined,
): Promise<{ id: number; messages: [ConversationId, number][] } | undefined> {
  const [row] = id === undefined ? [] : await index.segments([id]);
  if (row === undefined) return undefined;
  const { messages } = decodeSegment(await decompressed(row.bytes));
  if (messages.length >= SEGMENT_MESSAGES / 2) return undefined;
  return { id: row.id, messages: messages.map(({ stream, seq }) => [stream, seq]) };
}
