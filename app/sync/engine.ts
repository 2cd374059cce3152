import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads } from '#protocol/live.ts';
import { isKnown } from '#protocol/record.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { unlessClocksAgree } from './clocks-agree.ts';
import { createConnection } from './connection.ts';
import { createDeliveredMarks } from './delivered-marks.ts';
import type { Ephemeral } from './ephemeral.ts';
import { createPullRounds } from './pull-rounds.ts';
import { createPushRounds, type Reservation } from './push-rounds.ts';
import { createEarlierLoader } from './load-history.ts';
import { createRowChecks } from './row-checks.ts';
import { createShortWindows } from './short-windows.ts';
import type { ConnectionStatus, SyncStatus } from './status.ts';
import { onThaw } from './thaw.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** Live changes update `caughtUpAt` at most this often, because each update is written to the device. */
const CAUGHT_UP_EVERY_MS = 5_000;

export interface EngineParts {
  store: LocalStore;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  isVisible: () => boolean;
  /** False once another tab leads. [CL5] */
  mayLead: () => Promise<boolean>;
  onStatus: (status: SyncStatus) => void;
  onEphemeral: (event: Ephemeral) => void;
  /** Receives unexpected errors and storage failures; the engine retries on its own. */
  onDefect: (error: unknown) => void;
  random: () => number;
  newId: () => OpId;
}

export interface Engine {
  /** Ops were queued. */
  queued(): void;
  /** Called before an op is queued, so that the op is marked as attempted in the same write and sent right after it. */
  reserve(stream: ConversationId): Reservation | undefined;
  /** Connects now: the network is back or the page visible (`signal`), or the person asked for it (`press`). [CL7] */
  wake(why: 'signal' | 'press'): void;
  /** The device reports that its network is gone. */
  offline(): void;
  /** The page was shown or hidden: while it is visible, nothing is pushed to this device. [LV11] */
  visible(on: boolean): void;
  typing(stream: ConversationId, on: boolean): void;
  /** The chat that somebody looks at comes first. [CL15] */
  prefer(stream: ConversationId | undefined): void;
  /** The people to watch, on this connection and every later one. [LV8] */
  watch(userIds: readonly UserId[]): void;
  close(): void;
}

/** Keeps the device and the server in sync: connects, pulls, applies and pushes. Runs in one tab at a time. */
export function startEngine(parts: EngineParts): Engine {
  const { store, random, newId } = parts;
  let status: SyncStatus = {
    connection: { phase: parts.isOnline() ? 'connecting' : 'offline' },
    caughtUpAt: null,
  };
  let clock: Pick<SyncStatus, 'serverAheadMs'> = {};
  let isClosed = false;
  let hasCaughtUp = false;
  let watched: readonly UserId[] = [];

  const onDefect = (error: unknown) => {
    if (!isClosed) parts.onDefect(error);
  };
  const show = (next: ConnectionStatus, caughtUpAt = status.caughtUpAt) => {
    if (isClosed) return;
    status = { connection: next, caughtUpAt, ...clock };
    parts.onStatus(status);
  };
  const connection = createConnection({
    userId: store.userId,
    transport: parts.transport,
    isOnline: parts.isOnline,
    isVisible: parts.isVisible,
    random,
    show,
    onServerTime(time) {
      const serverAheadMs = unlessClocksAgree(Date.parse(time) - Date.now());
      clock = serverAheadMs === undefined ? {} : { serverAheadMs };
    },
  });
  const pushes = createPushRounds({ store, connection, mayLead: parts.mayLead, random, onDefect });
  const marks = createDeliveredMarks({ store, newId, onQueued: pushes.push, onDefect });
  const rowChecks = createRowChecks({ store, onDefect });
  const shortWindows = createShortWindows({
    store,
    loadEarlier: createEarlierLoader({
      store,
      async ask(request) {
        const answer = await connection.ask('history', request);
        return answer === undefined || 'error' in answer ? undefined : answer;
      },
      now: () => performance.now(),
    }),
    onDefect,
  });
  const pulls = createPullRounds({
    store,
    connection,
    random,
    onDefect,
    onPage(answer) {
      if (answer.streams.length > 0) connection.proven();
      if (answer.streams.some(isNewConversation)) shortWindows.note();
      for (const page of answer.streams) marks.note(page.stream, page.records);
    },
    onProgress: (streamsDone, streamsTotal) => show({ phase: 'catching-up', streamsDone, streamsTotal }),
    onCaughtUp() {
      connection.proven();
      show({ phase: 'online' }, Date.now());
      marks.release();
      hasCaughtUp = true;
      rowChecks.start();
      shortWindows.fill();
    },
  });
  rowChecks.listen(pulls.pull);

  function onUp(): void {
    show({ phase: 'catching-up', streamsDone: 0, streamsTotal: 0 });
    if (watched.length > 0) connection.emit('watch', { userIds: [...watched] });
    if (parts.isVisible()) connection.emit('visible', { on: true });
    marks.hold();
    // Queued ops are sent before the catch-up occupies the link. [CL10]
    void pushes.restart().finally(pulls.restart);
  }

  async function onChanges(changes: Changes): Promise<void> {
    const applied = await store.applyChanges(changes);
    if (applied === 'behind') return pulls.pull((await isCleared()) ? undefined : [changes.stream]);
    if (applied === 'ignored') return;
    marks.note(changes.stream, changes.records);
    await pullJoined(changes.records);
    const isOld = Date.now() - (status.caughtUpAt ?? 0) > CAUGHT_UP_EVERY_MS;
    if (status.connection.phase === 'online' && isOld) show(status.connection, Date.now());
  }

  /** Whether somebody has cleared the rows while the app runs. */
  async function isCleared(): Promise<boolean> {
    return hasCaughtUp && (await store.epoch()) === undefined;
  }

  /** The conversation's own changes may have been sent before this device connected, and nothing else would fetch them. [LV4] */
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

  /** What could not be stored is pulled again. */
  const orPull = (streams?: readonly StreamId[]) => (error: unknown) => {
    onDefect(error);
    pulls.pull(streams);
  };

  connection.listen({
    onUp,
    onDue: pulls.check,
    onChanges: (changes) => void onChanges(changes).catch(orPull([changes.stream])),
    onHeads: (heads) => void onHeads(heads).catch(orPull()),
    onEphemeral: parts.onEphemeral,
  });
  // The previous leader may have ended during a push. If the store fails here, push sends those ops anyway.
  store.requeue().then(pushes.look).catch(onDefect).finally(connection.start);

  const wake = (why: 'signal' | 'press') => {
    connection.wake(why);
    // Pulls what the socket missed while the tab slept. If the socket is dead, the probe of `wake` detects it.
    if (connection.number() !== 0) pulls.check();
  };
  const stopThaw = onThaw(() => wake('signal'));

  return {
    queued: pushes.push,
    reserve: pushes.reserve,
    wake,
    offline: () => connection.offline(),
    visible: (on) => connection.emit('visible', { on }),
    prefer: pulls.prefer,
    typing: (stream, on) => connection.emit('typing', { stream, on }),
    watch(userIds) {
      if (userIds.length === watched.length && userIds.every((id, at) => id === watched[at])) return;
      watched = userIds;
      connection.emit('watch', { userIds: [...userIds] });
    },
    close() {
      isClosed = true;
      stopThaw();
      for (const part of [rowChecks, shortWindows, pulls, pushes, marks]) part.close();
      connection.close();
    },
  };
}

/** Whether the conversation may be new to this device. */
function isNewConversation({ records }: StreamPage): boolean {
  return records.some(({ type }) => type === 'conversation');
}
