import type { ConversationId } from '#protocol/ids.ts';
import { byteReader, byteWriter } from './byte-writer.ts';

/** The parts of a message that are needed to find it. */
export interface IndexedMessage {
  stream: ConversationId;
  seq: number;
  /** ISO instant. */
  createdAt: string;
  /** The keys by which it is found. [SR1] */
  keys: readonly string[];
}

/** A message of a segment that may be a hit; its row decides whether it is. */
export interface Candidate {
  stream: ConversationId;
  seq: number;
  /** Seconds since 1970. */
  at: number;
}

/**
 * A part of the search index in memory: several thousand messages, and for each of their keys the messages that have it. Segments
 * are never changed: a changed message is also in a later one, and every candidate is compared with its row.
 */
export interface Segment {
  readonly messages: readonly Candidate[];
  /** The messages that have, for each prefix, a key that begins with it; without prefixes, all. */
  find(prefixes: readonly string[]): Candidate[];
}

/**
 * The bytes of a segment. They are the messages, stream by stream in the order of their seqs, as differences to the one before; then the keys in
 * their order, each without the letters that it shares with the one before; then for each key its messages, as differences again.
 */
export function encodeSegment(messages: readonly IndexedMessage[]): Uint8Array<ArrayBuffer> {
  const writer = byteWriter();
  const byStream = new Map<ConversationId, IndexedMessage[]>();
  for (const message of messages.toSorted((a, b) => a.seq - b.seq)) listed(byStream, message.stream).push(message);
  writer.text([...byStream.keys()].join(' '));
  const postings = new Map<string, number[]>();
  let [index, before] = [0, 0];
  for (const ofStream of byStream.values()) {
    writer.number(ofStream.length);
    let seq = 0;
    for (const message of ofStream) {
      const seconds = Math.floor(Date.parse(message.createdAt) / 1_000);
      writer.number(message.seq - seq);
      writer.number(zigzag(seconds - before));
      [seq, before] = [message.seq, seconds];
      for (const key of message.keys) listed(postings, key).push(index);
      index += 1;
    }
  }
  writeKeys(writer, postings);
  return writer.bytes();
}

function listed<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function writeKeys(writer: ReturnType<typeof byteWriter>, postings: ReadonlyMap<string, readonly number[]>): void {
  const keys = [...postings.keys()].toSorted();
  writer.number(keys.length);
  let last = '';
  const suffixes = keys.map((key) => {
    const shared = sharedLetters(last, key);
    last = key;
    writer.number(shared);
    writer.number(key.length - shared);
    return key.slice(shared);
  });
  writer.text(suffixes.join(''));
  for (const key of keys) {
    const found = postings.get(key) ?? [];
    writer.number(found.length);
    let previous = 0;
    for (const message of found) {
      writer.number(message - previous);
      previous = message;
    }
  }
}

export function decodeSegment(bytes: Uint8Array): Segment {
  const reader = byteReader(bytes);
  const messages = readMessages(reader);
  const keys = readKeys(reader);
  // Where each key's messages start.
  const starts = new Uint32Array(keys.length);
  for (const index of keys.keys()) {
    starts[index] = reader.at;
    for (let count = reader.number(); count > 0; count--) reader.number();
  }

  /** Marks the messages that have a key with this prefix. */
  function mark(prefix: string, marks: Uint8Array, value: number): void {
    for (let index = firstFrom(keys, prefix); keys[index]?.startsWith(prefix) === true; index++) {
      reader.at = starts[index] ?? 0;
      let message = 0;
      for (let count = reader.number(); count > 0; count--) {
        message += reader.number();
        // A message that lacks an earlier prefix stays unmarked.
        if (marks[message] === value - 1) marks[message] = value;
      }
    }
  }
  return {
    messages,
    find(prefixes) {
      const marks = new Uint8Array(messages.length);
      for (const [index, prefix] of prefixes.entries()) mark(prefix, marks, index + 1);
      return messages.filter((_, index) => marks[index] === prefixes.length);
    },
  };
}

function readMessages(reader: ReturnType<typeof byteReader>): Candidate[] {
  const messages: Candidate[] = [];
  let at = 0;
  for (const stream of reader.text().split(' ').filter(Boolean) as ConversationId[]) {
    let seq = 0;
    for (let count = reader.number(); count > 0; count--) {
      seq += reader.number();
      at += unzigzag(reader.number());
      messages.push({ stream, seq, at });
    }
  }
  return messages;
}

function readKeys(reader: ReturnType<typeof byteReader>): string[] {
  const count = reader.number();
  const lengths = Array.from({ length: count }, () => [reader.number(), reader.number()] as const);
  const suffixes = reader.text();
  let [last, at] = ['', 0];
  return lengths.map(([shared, own]) => {
    last = last.slice(0, shared) + suffixes.slice(at, at + own);
    at += own;
    return last;
  });
}

/** The index of the first key that is not before the prefix. */
function firstFrom(keys: readonly string[], prefix: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The code units that both start with; never half of a surrogate pair, which is not valid text. */
function sharedLetters(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count += 1;
  return /^[\uDC00-\uDFFF]/.test(b.slice(count)) ? count - 1 : count;
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number) => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);
