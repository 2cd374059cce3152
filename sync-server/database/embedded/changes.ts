import sortedBTree from 'sorted-btree';

/** A CommonJS library: Node's default import is all of its exports, a bundler's is the class. */
const BTree = (sortedBTree as typeof sortedBTree & { default?: typeof sortedBTree }).default ?? sortedBTree;

/** What is stored under a key now; null: nothing. */
export interface Change {
  key: Buffer;
  value: Buffer | null;
}

interface Entry {
  key: Buffer;
  value: Buffer;
}

/** Keys as text of one character for each byte, which sorts as the bytes do. */
export const nameOf = (key: Buffer): string => key.toString('latin1');
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Changes of keys that are not in the file yet. The newest one of each key counts. The buffers must not be written to again. */
export class Changes {
  readonly #byName = new Map<string, Change>();
  /** In the order of the keys, from the first time that somebody walks over them; most batches are only looked up by key. */
  #ordered: InstanceType<typeof BTree<string, Change>> | undefined;
  #bytes = 0;

  /** About what they take in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Undefined: this key is not among them. */
  get(name: string): Change | undefined {
    return this.#byName.get(name);
  }

  set(name: string, change: Change): void {
    this.#byName.set(name, change);
    this.#ordered?.set(name, change);
    this.#bytes += name.length + (change.value?.length ?? 0);
  }

  /** The first one from `start` (inclusive) to `end` (exclusive), or after `from`; with `reverse` the last one, or before `from`. */
  next(start: string, end: string, reverse: boolean, from?: string): [string, Change] | undefined {
    this.#ordered ??= new BTree<string, Change>([...this.#byName], byName);
    if (reverse) {
      const found = this.#ordered.nextLowerPair(from ?? end);
      return found !== undefined && found[0] >= start ? found : undefined;
    }
    const found = from === undefined ? this.#ordered.getPairOrNextHigher(start) : this.#ordered.nextHigherPair(from);
    return found !== undefined && found[0] < end ? found : undefined;
  }

  /** In no particular order. */
  entries(): Iterable<[string, Change]> {
    return this.#byName;
  }
}

/** The newest change of a key, in layers from the newest to the oldest. */
export function changeOf(layers: readonly Changes[], name: string): Change | undefined {
  for (const layer of layers) {
    const change = layer.get(name);
    if (change !== undefined) return change;
  }
  return undefined;
}

/** Walks over the changes of several layers in the order of their keys; of a key in several layers, the newest one counts. */
function walk(layers: readonly Changes[], start: string, end: string, reverse: boolean) {
  const heads = layers.map((layer) => layer.next(start, end, reverse));
  const isBefore = (a: string, b: string) => (reverse ? a > b : a < b);
  return {
    head(): [string, Change] | undefined {
      let first: [string, Change] | undefined;
      for (const head of heads)
        if (head !== undefined && (first === undefined || isBefore(head[0], first[0]))) first = head;
      return first;
    },
    pass(name: string): void {
      for (const [at, head] of heads.entries())
        if (head?.[0] === name) heads[at] = layers[at]?.next(start, end, reverse, name);
    },
    isBefore,
  };
}

/** What is stored from `start` (inclusive) to `end` (exclusive), where the changes take the place of what the file has there. */
export function* mergedRange(
  layers: readonly Changes[],
  inFile: Iterable<Entry>,
  start: Buffer,
  end: Buffer,
  reverse: boolean,
): Iterable<Entry> {
  const changes = walk(layers, nameOf(start), nameOf(end), reverse);
  let head = changes.head();
  for (const entry of inFile) {
    const name = head === undefined ? '' : nameOf(entry.key);
    let isReplaced = false;
    while (head !== undefined && !changes.isBefore(name, head[0])) {
      const [changed, { key, value }] = head;
      isReplaced ||= changed === name;
      if (value !== null) yield { key, value };
      changes.pass(changed);
      head = changes.head();
    }
    if (!isReplaced) yield entry;
  }
  while (head !== undefined) {
    const [changed, { key, value }] = head;
    if (value !== null) yield { key, value };
    changes.pass(changed);
    head = changes.head();
  }
}

/** How many keys the changes add to those that the file has from `start` (inclusive) to `end` (exclusive). */
export function addedBy(
  layers: readonly Changes[],
  isInFile: (key: Buffer) => boolean,
  start: Buffer,
  end: Buffer,
): number {
  const changes = walk(layers, nameOf(start), nameOf(end), false);
  let added = 0;
  for (let head = changes.head(); head !== undefined; head = changes.head()) {
    const [name, { key, value }] = head;
    added += Number(value !== null) - Number(isInFile(key));
    changes.pass(name);
  }
  return added;
}

const REMOVED = 0xff_ff_ff_ff;

/** Changes as bytes: for each one the lengths of its key and its value, and both. */
export function encodeChanges(changes: Changes): Buffer {
  let size = 0;
  for (const [, { key, value }] of changes.entries()) size += 8 + key.length + (value?.length ?? 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [, { key, value }] of changes.entries()) {
    at = bytes.writeUInt32LE(key.length, at);
    at = bytes.writeUInt32LE(value?.length ?? REMOVED, at);
    at += key.copy(bytes, at);
    if (value !== null) at += value.copy(bytes, at);
  }
  return bytes;
}

/** The bytes were checked before, so they are whole. */
export function decodeChanges(bytes: Buffer, into: Changes): void {
  let at = 0;
  while (at < bytes.length) {
    const [keyLength, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const valueAt = at + 8 + keyLength;
    const key = bytes.subarray(at + 8, valueAt);
    at = valueAt + (length === REMOVED ? 0 : length);
    into.set(nameOf(key), { key, value: length === REMOVED ? null : bytes.subarray(valueAt, at) });
  }
}
