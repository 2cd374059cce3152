import { clockTime, shortTime } from '#app/i18n/instants.ts';
import type { Words } from '#app/i18n/words.ts';
import type { ConnectionStatus, Obstacle } from '#app/sync/status.ts';

export interface ConnectionWords {
  kind: 'offline' | 'connecting' | 'page' | 'catching-up' | 'unauthorized' | 'upgrade';
  title: string;
  body?: string;
  progress?: number;
}

interface ConnectionFacts {
  connection: ConnectionStatus;
  caughtUpAt: number | null;
  /** When this tab lost the connection; null if it never had one. */
  lostAt: number | null;
  /** The number of messages on this device that have not been sent. */
  pending: number;
  now: Date;
}

/** The state of the connection, then what will happen automatically; undefined while online. [ask 28] */
export function connectionWords(
  { connection, caughtUpAt, lostAt, pending, now }: ConnectionFacts,
  words: Words,
): ConnectionWords | undefined {
  const later = pending > 0 ? words('line.pending', { count: pending }) : undefined;
  switch (connection.phase) {
    case 'online':
      return undefined;
    case 'offline':
      return lostAt === null
        ? { kind: 'offline', title: words('line.offline'), body: later ?? updatedWords(caughtUpAt, now, words) }
        : {
            kind: 'offline',
            title: words('line.offlineSince', { time: timeWords(lostAt, now) }),
            body: later ?? words('line.arrivesLater'),
          };
    case 'connecting':
      return connectingWords(connection.obstacle, later ?? updatedWords(caughtUpAt, now, words), words);
    case 'catching-up': {
      const { streamsDone: done, streamsTotal: total } = connection;
      if (total <= 0) return { kind: 'catching-up', title: words('line.catchingUpUnknown') };
      return {
        kind: 'catching-up',
        title: words('line.catchingUp', { done, total }),
        progress: Math.min(1, done / total),
      };
    }
    case 'refused':
      return connection.code === 'unauthorized'
        ? { kind: 'unauthorized', title: words('line.unauthorized'), body: words('line.unauthorizedBody') }
        : { kind: 'upgrade', title: words('line.upgrade'), body: words('line.upgradeBody') };
  }
}

/** Names the obstacle if it is known. */
function connectingWords(obstacle: Obstacle | undefined, body: string, words: Words): ConnectionWords {
  switch (obstacle) {
    case undefined:
      return { kind: 'connecting', title: words('line.connecting'), body };
    case 'page':
      return { kind: 'page', title: words('line.page'), body: words('line.pageBody') };
    case 'gateway':
      return { kind: 'connecting', title: words('line.gateway'), body };
    case 'address':
      return { kind: 'connecting', title: words('line.address'), body: words('line.addressBody') };
  }
}

function updatedWords(caughtUpAt: number | null, now: Date, words: Words): string {
  return caughtUpAt === null ? words('line.neverUpdated') : words('line.updated', { time: timeWords(caughtUpAt, now) });
}

/** The time, preceded by the day if that is not today. */
function timeWords(at: number, now: Date): string {
  const then = new Date(at);
  const short = shortTime(then, now);
  const clock = clockTime(then);
  return short === clock ? clock : `${short} ${clock}`;
}
