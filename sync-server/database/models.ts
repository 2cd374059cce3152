import { Schema, type Connection } from 'mongoose';

/*
 * The collections of streams, files and followers, and their indexes: what the database must keep unique and find quickly.
 * streams/entry.ts explains the fields. Hot paths use the collections without mongoose's documents.
 */

// `strict` drops unknown fields, so a write through a model can write only these.
const entries = new Schema(
  {
    _id: { type: String, required: true },
    stream: String,
    rev: Number,
    user: String,
    named: String,
    part: Number,
    partCount: Number,
    type: String,
    id: String,
    seq: Number,
    isFirst: Boolean,
    current: Boolean,
    storedAt: Number,
    body: String,
    plan: String,
    pending: Boolean,
    replaced: [String],
    prunableSince: Number,
    sourceRev: Number,
    joinedRev: Number,
    membershipRev: Number,
    fromSeq: Number,
    removedBy: String,
    isRequest: Boolean,
    deliveredSeq: Number,
    answer: String,
    moves: [[Schema.Types.Mixed]],
    consumers: [String],
  },
  { collection: 'entries', versionKey: false, autoIndex: false, autoCreate: false },
);
// The commit point. Partial, because markers and batches have no stream and rev.
entries.index({ stream: 1, rev: 1 }, { name: 'commit', unique: true, partialFilterExpression: { rev: { $gt: 0 } } });
entries.index({ stream: 1, seq: 1 }, { name: 'seq', unique: true, partialFilterExpression: { isFirst: true } });
entries.index({ stream: 1, rev: 1, current: 1 }, { name: 'feed', partialFilterExpression: { current: true } });
entries.index({ stream: 1, type: 1, id: 1 }, { name: 'record', partialFilterExpression: { current: true } });
entries.index(
  { stream: 1, type: 1, seq: 1 },
  { name: 'history', partialFilterExpression: { current: true, type: 'message' } },
);
entries.index({ pending: 1, stream: 1 }, { name: 'pending', partialFilterExpression: { pending: true } });
entries.index({ prunableSince: 1 }, { name: 'prunable', partialFilterExpression: { prunableSince: { $gt: 0 } } });

// Batches that some consumer has not dealt with.
entries.index({ consumers: 1, _id: 1 }, { name: 'batches', partialFilterExpression: { consumers: { $exists: true } } });

const heads = new Schema(
  { _id: { type: String, required: true }, head: Number, messageAt: Number, moved: Date },
  { collection: 'heads', versionKey: false, autoIndex: false, autoCreate: false },
);
// `moved` is written only if several servers share the database.
heads.index({ moved: 1 }, { name: 'moved', partialFilterExpression: { moved: { $gt: new Date(0) } } });

// What is known about each uploaded file: media/media-row.ts explains the fields.
const media = new Schema(
  { _id: { type: String, required: true }, owner: String, checkAt: Number },
  { collection: 'media', versionKey: false, autoIndex: false, autoCreate: false },
);
media.index({ owner: 1 }, { name: 'owner' });
media.index({ checkAt: 1 }, { name: 'check', partialFilterExpression: { checkAt: { $gt: 0 } } });

// Links that let people join a group: group-links/group-links.ts. For a week after a link has expired, people who follow it are told so.
const groupLinks = new Schema(
  { _id: { type: String, required: true }, stream: String, expiresAt: Date },
  { collection: 'group_links', versionKey: false, autoIndex: false, autoCreate: false },
);
groupLinks.index({ stream: 1 }, { name: 'stream' });
groupLinks.index({ expiresAt: 1 }, { name: 'expiry', expireAfterSeconds: 7 * 86_400 });

// What people report to the administrator: reports/reports.ts. A report that was dealt with can be looked up for 90 days.
const reports = new Schema(
  { _id: { type: String, required: true }, by: String, at: Number, resolvedAt: Date },
  { collection: 'reports', versionKey: false, autoIndex: false, autoCreate: false },
);
reports.index({ at: 1 }, { name: 'order' });
reports.index({ by: 1, at: 1 }, { name: 'by' });
reports.index({ resolvedAt: 1 }, { name: 'expiry', expireAfterSeconds: 90 * 86_400 });

const followerCursors = new Schema(
  { _id: { type: String, required: true }, rev: Number },
  { collection: 'follower_cursors', versionKey: false, autoIndex: false, autoCreate: false },
);

const followerLeases = new Schema(
  { _id: { type: String, required: true }, holder: String, beat: Number },
  { collection: 'follower_leases', versionKey: false, autoIndex: false, autoCreate: false },
);

// Without their texts: a hit is read from the entries.
const searchKeys = new Schema(
  { _id: { type: String, required: true }, part: String, seq: Number, at: Number, keys: [String] },
  { collection: 'search_keys', versionKey: false, autoIndex: false, autoCreate: false },
);
searchKeys.index({ part: 1, keys: 1 }, { name: 'found' });

const meta = new Schema(
  { _id: { type: String, required: true }, epoch: String, format: Number, migratingFrom: Number },
  { collection: 'meta', versionKey: false, autoIndex: false, autoCreate: false },
);

/** Declares the models on one connection. */
export function defineModels(connection: Connection) {
  return {
    Entry: connection.model('Entry', entries),
    Head: connection.model('Head', heads),
    Media: connection.model('Media', media),
    GroupLink: connection.model('GroupLink', groupLinks),
    Report: connection.model('Report', reports),
    FollowerCursor: connection.model('FollowerCursor', followerCursors),
    FollowerLease: connection.model('FollowerLease', followerLeases),
    SearchKeys: connection.model('SearchKeys', searchKeys),
    Meta: connection.model('Meta', meta),
  };
}

/**
 * Indexes over the collections of the accounts' library, which creates its own late and does not report a failure. The last five
 * are ours: the directory in its order, parts of names in the same order, accounts by the time of their deletion, emails by the
 * time when they are due, and the expiry of sessions.
 */
export const accountIndexes: readonly {
  collection: string;
  key: Record<string, 1>;
  options: { name: string; unique?: true; expireAfterSeconds?: number; partialFilterExpression?: object };
}[] = [
  { collection: 'user', key: { email: 1 }, options: { name: 'email_1', unique: true } },
  { collection: 'session', key: { token: 1 }, options: { name: 'token_1', unique: true } },
  { collection: 'session', key: { userId: 1 }, options: { name: 'userId_1' } },
  { collection: 'account', key: { userId: 1 }, options: { name: 'userId_1' } },
  { collection: 'user', key: { nameKey: 1 }, options: { name: 'directory' } },
  { collection: 'user', key: { nameGrams: 1, nameKey: 1 }, options: { name: 'names' } },
  {
    collection: 'user',
    key: { deletedAfter: 1 },
    options: { name: 'deleted', partialFilterExpression: { deletedAfter: { $gt: 0 } } },
  },
  { collection: 'passkeys', key: { userId: 1 }, options: { name: 'userId_1' } },
  { collection: 'letters', key: { dueAt: 1 }, options: { name: 'due' } },
  { collection: 'session', key: { expiresAt: 1 }, options: { name: 'expired', expireAfterSeconds: 0 } },
];
