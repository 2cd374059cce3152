import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads } from '#protocol/live.ts';
import { isKnown } from '#protocol/record.ts';
import { keepConnection, type Connection } from './connection.ts';
import { createDeliveredMarks } from './delivered-marks.ts';
import type { Ephemeral } from './ephemeral.ts';
import { createPullRounds } from './pull-rounds.ts';
import { createPushRounds } from './push-rounds.ts';
import type { ConnectionStatus, SyncStatus } from './status.ts';
import { onThaw } from './thaw.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** Live changes move the instant of being caught up at most this often: it is written down each time. */
const CAUGHT_UP_EVERY_MS = 5_000;

export interface EngineParts {
  store: LocalStore;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  /** False once another tab leads. [CL5] */
  mayLead: () => Promise<boolean>;
  onStatus: (status: SyncStatus) => void;
  onEphemeral: (event: Ephemeral) => void;
  /** Told of what should not be possible, or of storage that fails; the engine tries again by itself. */
  onDefect: (error: unknown) => void;
  random: () => number;
  newId: () => OpId;
}

export interface Engine {
  /** Something was queued. */
  queued(): void;
  /** Now is a good moment to try: network back, page visible (`signal`); the person asks (`press`). [CL7] */
  wake(why: 'signal' | 'press'): void;
  /** The device says that its network is gone. */
  offline(): void;
  typing(stream: ConversationId, on: boolean): void;
  /** Whose presence is wanted, on this connection and every later one. [LV8] */
  watch(userIds: readonly UserId[]): void;
  close(): void;
}

/** Keeps a device and the server the same: connects, pulls, applies, pushes. Runs in one tab at a time. */
export function startEngine(parts: EngineParts): Engine {
  const { store, random, newId } = parts;
  let status: SyncStatus = {
    connection: { phase: parts.isOnline() ? 'connecting' : 'offline' },
    caughtUpAt: null,
  };
  let isClosed = false;
  let watched: readonly UserId[] = [];
  let connection: Connection | undefined;

  const onDefect = (error: unknown) => {
    if (!isClosed) parts.onDefect(error);
  };
  const show = (next: ConnectionStatus, caughtUpAt = status.caughtUpAt) => {
    if (isClosed) return;
    status = { connection: next, caughtUpAt };
    parts.onStatus(status);
  };
  const link: Pick<Connection, 'ask' | 'number' | 'probe' | 'proven' | 'rest'> = {
    number: () => connection?.number() ?? 0,
    ask: async (verb, request, withinMs) => connection?.ask(verb, request, withinMs),
    probe: () => connection?.probe(),
    proven: () => connection?.proven(),
    rest: (code) => connection?.rest(code),
  };
  const pushes = createPushRounds({ store, connection: link, mayLead: parts.mayLead, random, onDefect });
  const marks = createDeliveredMarks({ store, newId, onQueued: pushes.push, onDefect });
  const pulls = createPullRounds({
    store,
    connection: link,
    random,
    onDefect,
    onPage(answer) {
      if (answer.streams.length > 0) link.proven();
      for (const page of answer.streams) marks.note(page.stream, page.records);
    },
    onProgress: (streamsDone, streamsTotal) => show({ phase: 'catching-up', streamsDone, streamsTotal }),
    onCaughtUp() {
      link.proven();
      show({ phase: 'online' }, Date.now());
      marks.release();
    },
  });

  function onUp(): void {
    show({ phase: 'catching-up', streamsDone: 0, streamsTotal: 0 });
    if (watched.length > 0) connection?.tell('watch', { userIds: [...watched] });
    marks.hold();
    pulls.restart();
    pushes.restart();
  }

  async function onChanges(changes: Changes): Promise<void> {
    const applied = await store.applyChanges(changes);
    if (applied === 'behind') return pulls.pull([changes.stream]);
    if (applied === 'ignored') return;
    marks.note(changes.stream, changes.records);
    await pullJoined(changes.records);
    const isOld = Date.now() - (status.caughtUpAt ?? 0) > CAUGHT_UP_EVERY_MS;
    if (status.connection.phase === 'online' && isOld) show(status.connection, Date.now());
  }

  /** The conversation's own step may have left before this device listened: nothing else would bring what one was added to. */
  async function pullJoined(records: Changes['records']): Promise<void> {
    for (const record of records) {
      if (!isKnown(record) || record.type !== 'membership' || record.leftAt !== undefined) continue;
      if ((await store.conversation(record.conversation))?.window === undefined) pulls.pull([record.conversation]);
    }
  }

  async function onHeads(heads: Heads): Promise<void> {
    const cursors = await store.cursors();
    const streams = Object.keys(heads) as StreamId[];
    const moved = streams.filter((stream) => (cursors[stream] ?? 0) < (heads[stream] ?? 0));
    if (moved.length > 0) pulls.pull(moved);
  }

  /** What could not be written down will be fetched again. */
  const orPull = (streams?: readonly StreamId[]) => (error: unknown) => {
    onDefect(error);
    pulls.pull(streams);
  };

  function begin(): void {
    if (isClosed) return;
    connection = keepConnection({
      userId: store.userId,
      transport: parts.transport,
      isOnline: parts.isOnline,
      random,
      show,
      onUp,
      onChanges: (changes) => void onChanges(changes).catch(orPull([changes.stream])),
      onHeads: (heads) => void onHeads(heads).catch(orPull()),
      onEphemeral: parts.onEphemeral,
    });
  }
  // A leader before this one may have ended in the middle of a push. Should storage fail here, pushing still sends them.
  store.requeue().catch(onDefect).finally(begin);

  const wake = (why: 'signal' | 'press') => {
    connection?.wake(why);
    // Whatever the socket missed while nobody looked; where it is dead, the probe of `wake` finds out.
    if (link.number() !== 0) pulls.pull();
  };
  const stopThaw = onThaw(() => wake('signal'));

  return {
    queued: pushes.push,
    wake,
    offline: () => connection?.offline(),
    typing: (stream, on) => connection?.tell('typing', { stream, on }),
    watch(userIds) {
      if (userIds.length === watched.length && userIds.every((id, at) => id === watched[at])) return;
      watched = userIds;
      connection?.tell('watch', { userIds: [...userIds] });
    },
    close() {
      isClosed = true;
      stopThaw();
      for (const part of [pulls, pushes, marks]) part.close();
      connection?.close();
    },
  };
}
