import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';

/** How long other servers leave an email alone that this one is sending. Longer than the transport's own limits. */
const LEASE_MS = 120_000;
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;
const GIVEN_UP_AFTER_MS = 24 * 3_600_000;
const LOOK_MS = 15_000;

interface Row<Email> {
  _id: Types.ObjectId;
  /** The email. Like the collection, the field keeps its stored name, because emails may be waiting under it. */
  letter: Email;
  /** When it is tried next, milliseconds since 1970. */
  dueAt: number;
  tries: number;
  queuedAt: number;
}

export interface EmailQueue<Email> {
  /** Resolves once the email is stored. It is sent soon after, or once the mail server can be reached. */
  queue(email: Email): Promise<void>;
  /** Stops sending. Queued emails stay for the next start. */
  close(): void;
}

export interface EmailQueueParts<Email> {
  connection: Connection;
  /** Rejects if the email should be tried again. */
  deliver(email: Email): Promise<void>;
  now: () => number;
  /** An email's kind, for the log, which must not name the recipient. */
  kindOf(email: Email): string;
  log: { warn(facts: object, sentence: string): void; error(facts: object, sentence: string): void };
}

/**
 * The queue of emails, which are stored before the request is answered. Any server over the database sends them; an email is
 * sent twice only if a server dies between sending and removing it.
 */
export function createEmailQueue<Email>(parts: EmailQueueParts<Email>): EmailQueue<Email> {
  const { connection, deliver, now, kindOf, log } = parts;
  const rows = connection.collection<Row<Email>>('letters');
  const options = { maxTimeMS: QUERY_LIMIT_MS };
  let isClosed = false;
  let isFailing = false;
  let working: Promise<void> | undefined;

  async function take(): Promise<Row<Email> | null> {
    const time = now();
    // After the clock was set back, emails that are due far in the future would wait for that time.
    const isDue = { $or: [{ dueAt: { $lte: time } }, { dueAt: { $gt: time + LAST_RETRY_MS + LEASE_MS } }] };
    // Read first: an idle server writes nothing.
    if ((await rows.findOne(isDue, { ...options, projection: { _id: 1 } })) === null) return null;
    const change = { $set: { dueAt: time + LEASE_MS }, $inc: { tries: 1 } };
    return rows.findOneAndUpdate(isDue, change, {
      ...options,
      sort: { dueAt: 1 },
      returnDocument: 'after',
    });
  }

  async function send({ _id, letter: email, tries, queuedAt }: Row<Email>): Promise<void> {
    try {
      await deliver(email);
      isFailing = false;
    } catch (error) {
      if (isClosed) return;
      const waited = now() - queuedAt;
      if (waited < GIVEN_UP_AFTER_MS) {
        if (!isFailing) log.warn({ err: error, kind: kindOf(email) }, 'an email could not be sent and is tried again');
        isFailing = true;
        const dueAt = now() + Math.min(FIRST_RETRY_MS * 4 ** (tries - 1), LAST_RETRY_MS);
        await rows.updateOne({ _id }, { $set: { dueAt } }, options);
        return;
      }
      log.error({ err: error, kind: kindOf(email) }, 'an email was given up after a day');
    }
    await rows.deleteOne({ _id }, options);
  }

  async function work(): Promise<void> {
    for (;;) {
      const row = isClosed ? null : await take();
      if (row === null) return;
      await send(row);
    }
  }

  function wake(): Promise<void> {
    // The database may be unreachable; the next look finds the due emails.
    working ??= work()
      .catch(() => undefined)
      .finally(() => (working = undefined));
    return working;
  }

  const timer = setInterval(() => void wake(), LOOK_MS);
  timer.unref();
  void wake();

  return {
    async queue(email) {
      const time = now();
      const row = { _id: new Types.ObjectId(), letter: email, dueAt: time, tries: 0, queuedAt: time };
      await rows.insertOne(row);
      // Otherwise an email that arrives while the last one is being removed would wait for the next look.
      void (working ?? Promise.resolve()).then(wake);
    },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}
