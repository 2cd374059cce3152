import sortedBTree from 'sorted-btree';

/** A CommonJS library: Node's default import is all of its exports, while a bundler's is the class. */
const BTree = (sortedBTree as typeof sortedBTree & { default?: typeof sortedBTree }).default ?? sortedBTree;

/** What is stored under a key now; null if nothing is. */
export interface Change {
  key: Buffer;
  value: Buffer | null;
}

interface Entry {
  key: Buffer;
  value: Buffer;
}

/** Keys as text of one character for each byte, which sorts as the bytes do. */
const nameOf = (key: Buffer): string => key.toString('latin1');
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Keys of one collection or index share a prefix of this many bytes. */
const PREFIX_BYTES = 5;
/** The first bytes of a key as a number, which sorts as the keys do. */
const prefixOf = (key: Buffer): number =>
  key.length >= PREFIX_BYTES
    ? key.readUIntBE(0, PREFIX_BYTES)
    : Buffer.concat([key, zeros]).readUIntBE(0, PREFIX_BYTES);
const zeros = Buffer.alloc(PREFIX_BYTES);

/**
 * Changes of keys with one prefix. They are a plain list until one of them is read, and are sorted when they are iterated: most
 * keys of a batch belong to indexes that nobody reads before they are in the file.
 */
class Bucket {
  #list: Change[] | undefined = [];
  #named: Map<string, Change> | undefined;
  #ordered: InstanceType<typeof BTree<string, Change>> | undefined;

  set(change: Change): void {
    if (this.#list !== undefined) {
      this.#list.push(change);
      return;
    }
    const name = nameOf(change.key);
    this.#names().set(name, change);
    this.#ordered?.set(name, change);
  }

  get(key: Buffer): Change | undefined {
    return this.#names().get(nameOf(key));
  }

  /** See `Changes.next`. */
  next(start: string, end: string, reverse: boolean, from?: string): [string, Change] | undefined {
    this.#ordered ??= new BTree<string, Change>([...this.#names()], byName);
    if (reverse) {
      const found = this.#ordered.nextLowerPair(from ?? end);
      return found !== undefined && found[0] >= start ? found : undefined;
    }
    const found = from === undefined ? this.#ordered.getPairOrNextHigher(start) : this.#ordered.nextHigherPair(from);
    return found !== undefined && found[0] < end ? found : undefined;
  }

  /** Of a key that is among them more than once, the newest change is the last. */
  all(): Iterable<Change> {
    return this.#list ?? this.#names().values();
  }

  #names(): Map<string, Change> {
    if (this.#named === undefined) {
      this.#named = new Map();
      for (const change of this.#list ?? []) this.#named.set(nameOf(change.key), change);
      this.#list = undefined;
    }
    return this.#named;
  }
}

/**
 * Changes of keys that are not in the file yet. Only the newest change of each key counts. The buffers must not be modified
 * afterwards.
 */
export class Changes {
  readonly #buckets = new Map<number, Bucket>();
  #bytes = 0;
  #size = 0;

  /** An estimate of the memory that they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of changes; a key may count more than once. */
  get size(): number {
    return this.#size;
  }

  /** Undefined if this key has no change. */
  get(key: Buffer): Change | undefined {
    return this.#buckets.get(prefixOf(key))?.get(key);
  }

  set(change: Change): void {
    const prefix = prefixOf(change.key);
    let bucket = this.#buckets.get(prefix);
    if (bucket === undefined) this.#buckets.set(prefix, (bucket = new Bucket()));
    bucket.set(change);
    this.#size += 1;
    this.#bytes += change.key.length + (change.value?.length ?? 0);
  }

  add(changes: Changes): void {
    for (const change of changes.all()) this.set(change);
  }

  /**
   * Iterates from `start` (inclusive) to `end` (exclusive) in the order of the keys, or in reverse order with `reverse`. Each
   * call returns the one after the given name, or the first.
   */
  walk(start: Buffer, end: Buffer, reverse: boolean): (from?: string) => [string, Change] | undefined {
    const buckets = this.#between(start, end);
    if (buckets.length === 0) return () => undefined;
    if (reverse) buckets.reverse();
    const [startName, endName] = [nameOf(start), nameOf(end)];
    return (from) => {
      for (const bucket of buckets) {
        const found = bucket.next(startName, endName, reverse, from);
        if (found !== undefined) return found;
      }
      return undefined;
    };
  }

  /** Those of one prefix in the order of their changes. If a key has several changes, the newest one is the last. */
  *all(): Iterable<Change> {
    for (const bucket of this.#buckets.values()) yield* bucket.all();
  }

  /** The buckets that may have keys from `start` (inclusive) to `end` (exclusive), in order. */
  #between(start: Buffer, end: Buffer): Bucket[] {
    const first = prefixOf(start);
    const last = prefixOf(end) - (end.length > PREFIX_BYTES ? 0 : 1);
    if (first === last) {
      const bucket = this.#buckets.get(first);
      return bucket === undefined ? [] : [bucket];
    }
    return [...this.#buckets]
      .filter(([prefix]) => prefix >= first && prefix <= last)
      .sort(([a], [b]) => a - b)
      .map(([, bucket]) => bucket);
  }
}

/** The newest change of a key, in layers from the newest to the oldest. */
export function changeOf(layers: readonly Changes[], key: Buffer): Change | undefined {
  for (const layer of layers) {
    const change = layer.get(key);
    if (change !== undefined) return change;
  }
  return undefined;
}

/** Iterates over the changes of several layers in the order of their keys; if a key is in several layers, the newest one counts. */
function walk(layers: readonly Changes[], start: Buffer, end: Buffer, reverse: boolean) {
  const walks = layers.map((layer) => layer.walk(start, end, reverse));
  const heads = walks.map((next) => next());
  const isBefore = (a: string, b: string) => (reverse ? a > b : a < b);
  return {
    head(): [string, Change] | undefined {
      let first: [string, Change] | undefined;
      for (const head of heads)
        if (head !== undefined && (first === undefined || isBefore(head[0], first[0]))) first = head;
      return first;
    },
    pass(name: string): void {
      for (const [at, head] of heads.entries()) if (head?.[0] === name) heads[at] = walks[at]?.(name);
    },
    isBefore,
  };
}

/** What is stored from `start` (inclusive) to `end` (exclusive): the changes replace what the file has for the same keys. */
export function* mergedRange(
  layers: readonly Changes[],
  inFile: Iterable<Entry>,
  start: Buffer,
  end: Buffer,
  reverse: boolean,
): Iterable<Entry> {
  const changes = walk(layers, start, end, reverse);
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
  const changes = walk(layers, start, end, false);
  let added = 0;
  for (let head = changes.head(); head !== undefined; head = changes.head()) {
    const [name, { key, value }] = head;
    added += Number(value !== null) - Number(isInFile(key));
    changes.pass(name);
  }
  return added;
}

const REMOVED = 0xff_ff_ff_ff;

/** Changes as bytes: for each one the lengths of its key and its value, then the key and the value. */
export function encodeChanges(changes: Changes): Buffer {
  let size = 0;
  for (const { key, value } of changes.all()) size += 8 + key.length + (value?.length ?? 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { key, value } of changes.all()) {
    at = bytes.writeUInt32LE(key.length, at);
    at = bytes.writeUInt32LE(value?.length ?? REMOVED, at);
    at += key.copy(bytes, at);
    if (value !== null) at += value.copy(bytes, at);
  }
  return bytes;
}

/** The bytes were checked before, so they are complete. */
export function decodeChanges(bytes: Buffer, into: Changes): void {
  let at = 0;
  while (at < bytes.length) {
    const [keyLength, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const valueAt = at + 8 + keyLength;
    const key = bytes.subarray(at + 8, valueAt);
    at = valueAt + (length === REMOVED ? 0 : length);
    into.set({ key, value: length === REMOVED ? null : bytes.subarray(valueAt, at) });
  }
}
