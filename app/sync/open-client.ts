import type { Device } from '#app/local-store/device.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { parse } from '#protocol/shape.ts';
import { HistoryAnswer } from '#protocol/verbs.ts';
import type { DeviceId } from '#protocol/ids.ts';
import type { Client } from './client.ts';
import { startEngine, type Engine } from './engine.ts';
import { runForLeader } from './leader.ts';
import { createOutbox } from './outbox.ts';
import type { SyncStatus } from './status.ts';

const HISTORY_PAGE = 60;
const DEVICE_ID = 'device-id';
const CAUGHT_UP = 'caught-up-at';

/** What the engine needs to know of the page that it runs in; sync itself has no DOM. */
export interface PageSignals {
  isVisible: () => boolean;
  /** Calls when the page becomes visible; answers how to stop. */
  onVisible: (listener: () => void) => () => void;
}

interface ClientParts {
  store: LocalStore;
  device: Device;
  page: PageSignals;
}

type Message = { kind: 'queued' | 'wake' | 'ask' } | { kind: 'status'; status: SyncStatus };

/** One person in one tab. The tabs talk over a channel: followers say what they queued, the leader how things stand. */
export async function openClient({ store, device, page }: ClientParts): Promise<Client> {
  const name = `teamlink-engine-${store.userId}`;
  const channel = new BroadcastChannel(name);
  const listeners = new Set<(status: SyncStatus) => void>();
  const [deviceId, caughtUp] = await Promise.all([ownDeviceId(device), device.get(CAUGHT_UP)]);
  const isOnline = () => navigator.onLine;
  let status: SyncStatus = {
    connection: { phase: isOnline() ? 'connecting' : 'offline' },
    caughtUpAt: caughtUp === undefined ? null : Number(caughtUp),
  };
  let engine: Engine | undefined;
  let isClosed = false;
  const post = (message: Message) => channel.postMessage(message);

  const take = (next: SyncStatus) => {
    status = { ...next, caughtUpAt: next.caughtUpAt ?? status.caughtUpAt };
    for (const listener of listeners) listener(status);
  };
  const leader = runForLeader({
    name,
    isVisible: page.isVisible,
    onLead: () => void lead(),
    onLost() {
      engine?.close();
      engine = undefined;
    },
  });

  async function lead(): Promise<void> {
    // Socket.IO is a third of what follows the first paint: a tab that only follows never loads it.
    const { socketTransport } = await import('./socket-transport.ts');
    if (isClosed || !leader.isLeading()) return;
    engine?.close();
    engine = startEngine({
      store,
      isOnline,
      isLeading: leader.isLeading,
      transport: (events) => socketTransport(deviceId, events),
      onStatus(next) {
        take(next);
        post({ kind: 'status', status });
        if (next.connection.phase === 'online') void device.set(CAUGHT_UP, String(next.caughtUpAt ?? ''));
      },
    });
  }

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'queued') engine?.queued();
    else if (data.kind === 'wake') engine?.wake();
    else if (data.kind === 'ask') return engine === undefined ? undefined : post({ kind: 'status', status });
    else if (engine === undefined) take(data.status);
  });
  post({ kind: 'ask' });

  const wake = () => (engine === undefined ? post({ kind: 'wake' }) : engine.wake());
  const goneOffline = () => {
    if (engine !== undefined || !leader.isLeading()) take({ ...status, connection: { phase: 'offline' } });
  };
  addEventListener('online', wake);
  addEventListener('offline', goneOffline);
  const stopVisible = page.onVisible(wake);

  return {
    userId: store.userId,
    store,
    outbox: createOutbox(store, () => (engine === undefined ? post({ kind: 'queued' }) : engine.queued())),
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async loadEarlier(stream) {
      const row = await store.conversation(stream);
      if (row === undefined || row.isWhole) return false;
      const before = row.historyStart > 0 ? row.historyStart : undefined;
      const request = { stream, limit: HISTORY_PAGE, ...(before === undefined ? {} : { before }) };
      const answer = await askHistory(request);
      if (answer === undefined) return false;
      await store.applyHistory({ before }, answer);
      return true;
    },
    reconnect: wake,
    async close() {
      isClosed = true;
      removeEventListener('online', wake);
      removeEventListener('offline', goneOffline);
      stopVisible();
      engine?.close();
      leader.close();
      channel.close();
      store.close();
    },
  };
}

/** History over HTTP: it works from every tab, beside whatever the leader's socket is doing. [VB1] */
async function askHistory(request: object): Promise<HistoryAnswer | undefined> {
  try {
    const response = await fetch('/api/sync/history', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(20_000),
    });
    const answer = parse(HistoryAnswer, await response.json());
    return response.ok && answer.ok ? answer.value : undefined;
  } catch {
    // Unreachable, cut, or not ours: the view offers to try again.
    return undefined;
  }
}

async function ownDeviceId(device: Device): Promise<DeviceId> {
  const held = await device.get(DEVICE_ID);
  if (held !== undefined) return held as DeviceId;
  const made = crypto.randomUUID();
  await device.set(DEVICE_ID, made);
  return made as DeviceId;
}
