import { clockTime, shortTime } from '#app/i18n/instants.ts';
import type { Words } from '#app/i18n/words.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';

export interface ConnectionWords {
  kind: 'offline' | 'connecting' | 'catching-up' | 'unauthorized' | 'upgrade';
  title: string;
  body?: string;
  progress?: number;
}

interface Known {
  connection: ConnectionStatus;
  caughtUpAt: number | null;
  /** Messages that wait on this device. */
  waiting: number;
  now: Date;
}

/** What is, then what happens by itself; undefined where there is nothing to say. [ask 28] */
export function connectionWords(
  { connection, caughtUpAt, waiting, now }: Known,
  words: Words,
): ConnectionWords | undefined {
  switch (connection.phase) {
    case 'online':
      return undefined;
    case 'offline':
      return { kind: 'offline', title: words('line.offline'), body: offlineBody(waiting, caughtUpAt, now, words) };
    case 'connecting':
      return {
        kind: 'connecting',
        title: words('line.connecting'),
        body: offlineBody(waiting, caughtUpAt, now, words),
      };
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

function offlineBody(waiting: number, caughtUpAt: number | null, now: Date, words: Words): string {
  if (waiting > 0) return words('line.waiting', { count: waiting });
  if (caughtUpAt === null) return words('line.neverUpdated');
  const then = new Date(caughtUpAt);
  const short = shortTime(then, now);
  const clock = clockTime(then);
  return words('line.updated', { time: short === clock ? clock : `${short} ${clock}` });
}
