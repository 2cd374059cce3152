import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { MadeLink, NewLink, OpenLink } from '#protocol/group-links.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { MAX_LINK_USES, MAX_OPEN_LINKS } from '#protocol/limits.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import type { FoundLink, Links } from '#server/streams/links.ts';

const DAY_MS = 86_400_000;

interface LinkRow {
  /** Only the hash of the token, so that nobody can join with something read from the database. */
  _id: string;
  stream: ConversationId;
  createdBy: UserId;
  createdAt: Date;
  expiresAt: Date;
  maxUses: number;
  /** How many more people it lets in. */
  left: number;
  /** The people who have joined by it, or are about to. */
  usedBy: UserId[];
  isRevoked: boolean;
}

export interface GroupLinks extends Links {
  /** Null if the group has too many open links. */
  make(link: NewLink, createdBy: UserId): Promise<MadeLink | null>;
  /** The links that still work, newest first. */
  open(stream: ConversationId): Promise<OpenLink[]>;
  /** The group of a link; undefined if there is no such link. */
  streamOf(link: { id: string } | { token: string }): Promise<ConversationId | undefined>;
  revoke(id: string): Promise<void>;
}

/** Links that let people join a group, in the database. [GL1] */
export function createGroupLinks(connection: Connection, now: () => number): GroupLinks {
  const rows = connection.collection<LinkRow>('group_links');
  const working = () => ({ isRevoked: false, left: { $gt: 0 }, expiresAt: { $gt: new Date(now()) } });

  async function open(stream: ConversationId): Promise<OpenLink[]> {
    const found = await rows.find({ stream, ...working() }, { maxTimeMS: QUERY_LIMIT_MS }).toArray();
    return found.map(shown).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  return {
    open,
    async make({ stream, days, maxUses = MAX_LINK_USES }, createdBy) {
      if ((await open(stream)).length >= MAX_OPEN_LINKS) return null;
      const token = randomBytes(18).toString('base64url');
      const row: LinkRow = {
        _id: hashOf(token),
        stream,
        createdBy,
        createdAt: new Date(now()),
        expiresAt: new Date(now() + days * DAY_MS),
        maxUses,
        left: maxUses,
        usedBy: [],
        isRevoked: false,
      };
      await rows.insertOne(row);
      return { ...shown(row), token };
    },
    async streamOf(link) {
      const found = await rows.findOne(
        { _id: 'id' in link ? link.id : hashOf(link.token) },
        { maxTimeMS: QUERY_LIMIT_MS },
      );
      return found?.stream;
    },
    async revoke(id) {
      await rows.updateOne({ _id: id }, { $set: { isRevoked: true } });
    },
    async find(token, stream, user): Promise<FoundLink | undefined> {
      const row = await rows.findOne({ _id: hashOf(token) }, { maxTimeMS: QUERY_LIMIT_MS });
      if (row === null || row.stream !== stream) return undefined;
      const obstacle = row.isRevoked
        ? 'revoked'
        : row.expiresAt.getTime() <= now()
          ? 'expired'
          : row.left <= 0 && !row.usedBy.includes(user)
            ? 'used-up'
            : undefined;
      return { createdBy: row.createdBy, ...(obstacle === undefined ? {} : { obstacle }) };
    },
    async use(token, user) {
      const _id = hashOf(token);
      const count = { $push: { usedBy: user }, $inc: { left: -1 } };
      const counted = await rows.updateOne({ _id, usedBy: { $ne: user }, ...working() }, count);
      if (counted.matchedCount === 1) return true;
      const row = await rows.findOne({ _id }, { maxTimeMS: QUERY_LIMIT_MS });
      return row !== null && row.usedBy.includes(user) && !row.isRevoked && row.expiresAt.getTime() > now();
    },
  };
}

function shown({ _id, createdBy, createdAt, expiresAt, maxUses, usedBy }: LinkRow): OpenLink {
  return {
    id: _id,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    uses: usedBy.length,
    maxUses,
  };
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
