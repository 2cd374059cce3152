import { Types, type Collection } from 'mongoose';
import { type Failure, syncError } from '#protocol/errors.ts';
import { UsersQuery, type Person, type UsersAnswer } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import { DIRECTORY_PAGE } from '#protocol/limits.ts';
import { parse } from '#protocol/shape.ts';
import { asciiAddress } from './ascii-address.ts';
import type { Attempts } from './attempts.ts';
import { queryWords, rarestGram } from './name-search.ts';
import { profileOf } from './users.ts';

const MAX_MS = 1_000;
const wholeAddress = /^[^\s@]+@[^\s@]+$/;

interface UserRow {
  _id: Types.ObjectId;
  name: string;
  image?: string | null;
  about?: string | null;
  nameKey?: string;
}

type Filter = Record<string, unknown>;

export interface Directory {
  users(caller: { userId: UserId }, query: unknown, clientAddress: string): Promise<UsersAnswer | Failure>;
}

/** People whom a person may find. Answers hold no addresses, not the person themselves, and at most a page. [HT3] */
export function createDirectory(options: { users: Collection; isOpen: boolean; attempts: Attempts }): Directory {
  const { isOpen, attempts } = options;
  // Without mongoose's models, because the accounts' library owns these documents. No outside value becomes an operator.
  const rows = options.users;
  const shown = { name: 1, image: 1, about: 1, nameKey: 1 };
  const ask = (filter: Filter, limit: number) =>
    rows
      .find(filter as never, { projection: shown, sort: { nameKey: 1 }, limit, maxTimeMS: MAX_MS })
      .toArray() as unknown as Promise<UserRow[]>;

  return {
    async users(caller, query, clientAddress) {
      const { waitMs } = attempts.search(caller.userId, clientAddress);
      if (waitMs > 0) return { error: syncError('rate_limited', 'too many searches', { retryAfterMs: waitMs }) };
      const parsed = parse(UsersQuery, query);
      if (!parsed.ok) return { error: parsed.error };
      const { q = '', after, id } = parsed.value;
      if (id !== undefined) {
        if (q !== '' || after !== undefined) return { error: syncError('invalid', 'comes alone', { path: 'id' }) };
        return { users: isAccountId(id) ? (await ask(withId(id), 1)).map(personOf) : [] };
      }
      const from = after === undefined ? '' : readCursor(after);
      if (from === null) return { error: syncError('invalid', 'must be a cursor from `next`', { path: 'after' }) };

      if (q === '' && !isOpen) return { error: syncError('forbidden', 'this server has no directory') };
      const wanted = q === '' ? {} : filterOf(q);
      if (wanted === null) return { error: syncError('invalid', 'must have at least two letters', { path: 'q' }) };
      // One more tells whether another page follows, and one more makes up for the caller.
      const found = await ask(
        { ...wanted, nameKey: { $gt: from }, deletedAfter: { $exists: false } },
        DIRECTORY_PAGE + 2,
      );
      return pageOf(found, caller.userId);
    },
  };
}

/** Null for fewer than two letters. */
function filterOf(q: string): Filter | null {
  if (wholeAddress.test(q)) return { email: asciiAddress(q).toLowerCase(), findable: { $ne: false } };
  // A part of an address finds nobody, not even by their name.
  if (q.includes('@')) return { email: '' };
  const words = queryWords(q);
  if (words === null) return null;
  // The index on pieces finds the candidates, in the directory's order; the words, matched literally, decide.
  return {
    nameGrams: rarestGram(words),
    $and: words.map((word) => ({ nameFolded: { $regex: word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`) } })),
  };
}

const isAccountId = (id: UserId) => id.length === 24 && Types.ObjectId.isValid(id);

/** A caller who has somebody's id can start a chat with them, so the id finds them even if the directory is closed. */
const withId = (id: UserId): Filter => ({ _id: new Types.ObjectId(id), deletedAfter: { $exists: false } });

const personOf = (row: UserRow): Person => ({ id: idOf(row), ...profileOf(row) });

function pageOf(found: readonly UserRow[], caller: UserId): UsersAnswer {
  const others = found.filter((row) => idOf(row) !== caller);
  const page = others.slice(0, DIRECTORY_PAGE);
  const last = page.at(-1)?.nameKey;
  const users = page.map(personOf);
  return others.length > page.length && last !== undefined ? { users, next: writeCursor(last) } : { users };
}

const writeCursor = (nameKey: string) => Buffer.from(nameKey).toString('base64url');

function readCursor(after: string): string | null {
  if (!/^[\w-]+$/.test(after)) return null;
  const nameKey = Buffer.from(after, 'base64url').toString();
  // A cursor that does not encode to itself was not made here.
  return writeCursor(nameKey) === after && nameKey.includes('\u0000') ? nameKey : null;
}

const idOf = (row: UserRow) => row._id.toHexString() as UserId;
