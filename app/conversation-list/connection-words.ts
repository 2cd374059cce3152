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
  /** The number of messages on this device that have not been sent. */
  pending: number;
  now: Date;
}

/** The state of the connection, then what will happen automatically; undefined while online. [ask 28] */
export function connectionWords(
  { connection, caughtUpAt, pending, now }: ConnectionFacts,
  words: Words,
): ConnectionWords | undefined {
  switch (connection.phase) {
    case 'online':
      return undefined;
    case 'offline':
      return { kind: 'offline', title: words('line.offline'), body: offlineBody(pending, caughtUpAt, now, words) };
    case 'connecting':
      return connectingWords(connection.obstacle, offlineBody(pending, caughtUpAt, now, words), words);
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

/** Says what stands in the way, if that is known. */
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

function offlineBody(pending: number, caughtUpAt: number | null, now: Date, words: Words): string {
  if (pending > 0) return words('line.pending', { count: pending });
  if (caughtUpAt === null) return words('line.neverUpdated');
  const then = new Date(caughtUpAt);
  const short = shortTime(then, now);
  const clock = clockTime(then);
  return words('line.updated', { time: short === clock ? clock : `${short} ${clock}` });
}
