import { statfs } from 'node:fs/promises';
import type { Health } from '#protocol/administration.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Database } from './database/connect.ts';
import { QUERY_LIMIT_MS } from './database/query-limit.ts';
import type { LogCounts } from './logging.ts';

interface HealthParts {
  database: Pick<Database, 'connection' | 'isShared' | 'ready'>;
  dataDir: string;
  sockets: { all(): Iterable<unknown> };
  /** The names of the consumers that follow the streams. */
  consumers: readonly string[];
  counts: Pick<LogCounts, 'read'>;
  now: () => number;
}

/** More than this is "many"; counting on would cost the database more than the answer is worth. */
const MOST = 10_000;
const options = { maxTimeMS: QUERY_LIMIT_MS };

/**
 * The current health of this server and of the database that it shares with others, for the administrator. It contains nothing
 * about people. [AC12]
 */
export function createHealth(parts: HealthParts): () => Promise<Health> {
  const { database, dataDir, sockets, consumers, counts, now } = parts;
  const { connection } = database;
  const startedAt = now();

  /** `at`: the field with the time since when a row waits, milliseconds since 1970. */
  async function waiting(collection: string, at: string, filter: object): Promise<Health['mails']> {
    const rows = connection.collection(collection);
    const [count, oldest] = await Promise.all([
      rows.countDocuments(filter, { ...options, limit: MOST }),
      rows.findOne(filter, { ...options, sort: { [at]: 1 }, projection: { [at]: 1 } }),
    ]);
    const since: unknown = oldest?.[at];
    return { count, ...(typeof since === 'number' ? { oldestMs: Math.max(0, now() - since) } : {}) };
  }

  async function answerTime(): Promise<{ answersInMs?: number }> {
    const before = performance.now();
    return (await database.ready()) ? { answersInMs: Math.round(performance.now() - before) } : {};
  }

  return async () => {
    const entries = connection.collection('entries');
    const [answered, pushes, mails, followers, disk] = await Promise.all([
      answerTime(),
      waiting('push_jobs', 'dueAt', { dueAt: { $gt: 0 } }),
      waiting('letters', 'queuedAt', {}),
      Promise.all(
        consumers.map(async (name) => ({
          name,
          count: await entries.countDocuments({ consumers: name }, { ...options, limit: MOST }),
        })),
      ),
      statfs(dataDir).catch(() => undefined),
    ]);
    return {
      protocol: PROTOCOL_VERSION,
      node: process.version,
      startedAt,
      isEmbedded: !database.isShared,
      ...answered,
      memoryBytes: process.memoryUsage.rss(),
      ...(disk === undefined ? {} : { diskFreeBytes: disk.bavail * disk.bsize }),
      connections: [...sockets.all()].length,
      followers,
      pushes,
      mails,
      ...counts.read(),
    };
  };
}
