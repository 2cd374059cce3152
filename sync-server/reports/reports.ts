import { createHash } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { Report, ReportPage } from '#protocol/administration.ts';
import type { ConversationId, MessageId, OpId, UserId } from '#protocol/ids.ts';
import { REPORTS_PAGE } from '#protocol/limits.ts';
import { searchedText } from '#protocol/record.ts';
import type { ReportOutcome, ReportReason } from '#protocol/reports.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import type { People } from '#server/streams/people.ts';
import type { NewReport, Reports } from '#server/streams/reports.ts';

const DAY_MS = 86_400_000;
/** Reports wait in a chat's outbox before its other ops, so the wait is short. */
const PER_MINUTE = 10;
const PER_DAY = 100;

interface ReportRow {
  /** A hash of sender and op, so that a report exists once and nobody meets somebody else's. [SEC-07] */
  _id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Absent if their account was deleted. */
  by?: UserId;
  stream: ConversationId;
  person?: UserId;
  title?: string;
  messageId?: MessageId;
  text?: string;
  files?: string[];
  sentAt?: string;
  wasDeleted?: true;
  reason: ReportReason;
  note?: string;
  /** The database removes the row 90 days later. [RP2] */
  resolvedAt?: Date;
  resolvedBy?: UserId;
  outcome?: ReportOutcome;
}

export interface OpenReports extends Reports {
  countOpen(): Promise<number>;
  /** Newest first. `before`: the id of the last one on the previous page. */
  page(state: 'open' | 'resolved', before?: string): Promise<ReportPage>;
  /** False if there is no such report. A report that was dealt with stays as it is. */
  resolve(id: string, by: UserId, outcome: ReportOutcome): Promise<boolean>;
  /** The reports by this person, for their export. [AC3] */
  of(by: UserId): AsyncIterable<object>;
  /** The account is being deleted: removes the person's name from their reports. [AC2] */
  personDeleted(userId: UserId): Promise<void>;
}

interface ReportsParts {
  connection: Connection;
  people: People;
  /** False on a server without rate limits; the limit per day always applies. */
  isLimited: boolean;
  now: () => number;
}

/** The reports to the administrator, in the database. Names are looked up when reports are read, so that no name outlives its account. */
export function createReports({ connection, people, isLimited, now }: ReportsParts): OpenReports {
  const rows = connection.collection<ReportRow>('reports');

  /** How long this person has to wait, or undefined if it is a whole day. */
  async function waitFor(by: UserId): Promise<number | undefined> {
    const options = { projection: { at: 1 }, sort: { at: -1 }, limit: PER_DAY, maxTimeMS: QUERY_LIMIT_MS } as const;
    const recent = await rows.find({ by, at: { $gt: now() - DAY_MS } }, options).toArray();
    if (recent.length >= PER_DAY) return undefined;
    const last = recent[PER_MINUTE - 1];
    return last === undefined || !isLimited ? 0 : Math.max(0, last.at + 60_000 - now());
  }

  async function shown(found: readonly ReportRow[]): Promise<Report[]> {
    const ids = found.flatMap(({ by, person, resolvedBy }) => [by, person, resolvedBy]);
    const profiles = await people.find([...new Set(ids)].filter((id) => id !== undefined));
    const named = (id: UserId) => {
      const name = profiles.get(id)?.name;
      return name === undefined ? { id } : { id, name };
    };
    return found.map(({ _id, by, person, resolvedAt, resolvedBy, outcome, ...row }) => ({
      id: _id,
      about: row.messageId !== undefined ? 'message' : person !== undefined ? 'person' : 'group',
      ...row,
      ...(by === undefined ? {} : { by: named(by) }),
      ...(person === undefined ? {} : { person: named(person) }),
      ...(resolvedAt === undefined || resolvedBy === undefined || outcome === undefined
        ? {}
        : { resolved: { at: resolvedAt.getTime(), by: named(resolvedBy), outcome } }),
    }));
  }

  return {
    async has(by, id) {
      return (
        (await rows.findOne({ _id: idOf(by, id) }, { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS })) !== null
      );
    },
    async add(report) {
      const waitMs = await waitFor(report.by);
      if (waitMs === undefined) return 'too many today';
      if (waitMs > 0) return { waitMs };
      const { _id, ...row } = rowOf(report, now());
      await rows.updateOne({ _id }, { $setOnInsert: row }, { upsert: true });
      return 'stored';
    },
    countOpen: () => rows.countDocuments({ resolvedAt: { $exists: false } }, { maxTimeMS: QUERY_LIMIT_MS }),
    async page(state, before) {
      const last = before === undefined ? null : await rows.findOne({ _id: before }, { maxTimeMS: QUERY_LIMIT_MS });
      const filter = {
        resolvedAt: { $exists: state === 'resolved' },
        ...(last === null ? {} : { $or: [{ at: { $lt: last.at } }, { at: last.at, _id: { $lt: last._id } }] }),
      };
      const options = { sort: { at: -1, _id: -1 }, limit: REPORTS_PAGE + 1, maxTimeMS: QUERY_LIMIT_MS } as const;
      const found = await rows.find(filter, options).toArray();
      return { reports: await shown(found.slice(0, REPORTS_PAGE)), more: found.length > REPORTS_PAGE };
    },
    async resolve(id, by, outcome) {
      const open = { _id: id, resolvedAt: { $exists: false } };
      const set = { $set: { resolvedAt: new Date(now()), resolvedBy: by, outcome } };
      if ((await rows.updateOne(open, set)).matchedCount === 1) return true;
      return (await rows.findOne({ _id: id }, { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS })) !== null;
    },
    async *of(by) {
      for await (const row of rows.find({ by }, { sort: { at: 1 } })) {
        const { at, stream, person, messageId, reason, note } = row;
        yield { at: new Date(at).toISOString(), stream, person, messageId, reason, note };
      }
    },
    async personDeleted(userId) {
      await rows.updateMany({ by: userId }, { $unset: { by: 1 } });
    },
  };
}

function rowOf({ id, by, stream, reason, note, person, title, message }: NewReport, at: number): ReportRow {
  return {
    _id: idOf(by, id),
    at,
    by,
    stream,
    reason,
    ...(note === undefined || note === '' ? {} : { note }),
    ...(person === undefined ? {} : { person }),
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : snapshotOf(message)),
  };
}

/** The message as the server holds it now, so that later changes do not matter. [RP2] */
function snapshotOf(message: NonNullable<NewReport['message']>) {
  const { id, createdAt, deletedAt, attachments } = message;
  const common = { messageId: id, sentAt: createdAt };
  if (deletedAt !== undefined) return { ...common, wasDeleted: true as const };
  const files = attachments.map(({ name, kind }) => name ?? kind);
  return { ...common, text: searchedText(message), ...(files.length === 0 ? {} : { files }) };
}

const idOf = (by: UserId, id: OpId) => createHash('sha256').update(`${by} ${id}`).digest('base64url');
