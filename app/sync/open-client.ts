import type { Device } from '#app/local-store/device.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { DeviceId, uuidV7, type OpId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import type { Client } from './client.ts';
import { startEngine, type Engine } from './engine.ts';
import { createMoment } from './ephemeral.ts';
import { runForLeader } from './leader.ts';
import { askHistory, loadEarlier } from './load-earlier.ts';
import { createOutbox } from './outbox.ts';
import { socketTransport } from './socket-transport.ts';
import type { SyncStatus } from './status.ts';
import { openTabChannel } from './tab-channel.ts';

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

/** One person in one tab. The engine runs in the leading tab; the others hear from it over a channel. */
export async function openClient({ store, device, page }: ClientParts): Promise<Client> {
  const name = `teamlink-engine-${store.userId}`;
  const listeners = new Set<(status: SyncStatus) => void>();
  const [deviceId, caughtUp] = await Promise.all([ownDeviceId(device), device.get(CAUGHT_UP)]);
  const isOnline = () => navigator.onLine;
  let status: SyncStatus = {
    connection: { phase: isOnline() ? 'connecting' : 'offline' },
    caughtUpAt: caughtUp === undefined ? null : Number(caughtUp),
  };
  let engine: Engine | undefined;
  let isClosed = false;

  const take = (next: SyncStatus) => {
    status = { ...next, caughtUpAt: next.caughtUpAt ?? status.caughtUpAt };
    for (const listener of listeners) listener(status);
  };
  const queued = () => (engine === undefined ? channel.post({ kind: 'queued' }) : engine.queued());
  const wake = (why: 'signal' | 'press') =>
    engine === undefined ? channel.post({ kind: 'wake', why }) : engine.wake(why);

  const channel = openTabChannel(name, (message) => {
    switch (message.kind) {
      case 'queued':
        return engine?.queued();
      case 'wake':
        return engine?.wake(message.why);
      case 'ask':
        return engine === undefined ? undefined : channel.post({ kind: 'status', status });
      case 'status':
        return engine === undefined ? take(message.status) : undefined;
      case 'typing':
      case 'watch':
      case 'who-watches':
      case 'ephemeral':
        return tabs.fromTab(message);
    }
  });
  const tabs = createMoment({ self: store.userId, tab: newId(), post: channel.post, engine: () => engine });

  async function lead(): Promise<void> {
    if (isClosed || !(await leader.confirm())) return;
    engine = startEngine({
      store,
      transport: (events) => socketTransport({ device: deviceId }, events),
      isOnline,
      mayLead: leader.confirm,
      random: Math.random,
      newId,
      onDefect: reportError,
      onStatus(next) {
        const isLater = next.caughtUpAt !== null && next.caughtUpAt !== status.caughtUpAt;
        take(next);
        if (next.connection.phase !== 'online' && next.connection.phase !== 'catching-up') tabs.forget();
        channel.post({ kind: 'status', status });
        if (isLater) device.set(CAUGHT_UP, String(next.caughtUpAt)).catch(reportError);
      },
      onEphemeral: tabs.fromServer,
    });
    tabs.lead();
  }
  const leader = runForLeader({
    name,
    locks: lockManager(),
    isVisible: page.isVisible,
    every(ms, tick) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    onLead: () => void lead().catch(reportError),
    onLost() {
      engine?.close();
      engine = undefined;
    },
    onDefect: reportError,
  });
  channel.post({ kind: 'ask' });

  const onOnline = () => wake('signal');
  const onOffline = () => engine?.offline();
  addEventListener('online', onOnline);
  addEventListener('offline', onOffline);
  const stopVisible = page.onVisible(onOnline);

  return {
    userId: store.userId,
    store,
    outbox: createOutbox(store, newId, queued),
    moment: tabs.moment,
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadEarlier: (stream) => loadEarlier(store, stream, askHistory),
    reconnect: () => wake('press'),
    async close() {
      isClosed = true;
      removeEventListener('online', onOnline);
      removeEventListener('offline', onOffline);
      stopVisible();
      tabs.close();
      engine?.close();
      leader.close();
      channel.close();
      store.close();
    },
  };
}

/** The types know secure contexts only. */
function lockManager(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}

function newId(): OpId {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

async function ownDeviceId(device: Device): Promise<DeviceId> {
  const held = parse(DeviceId, await device.get(DEVICE_ID));
  if (held.ok) return held.value;
  // Not crypto.randomUUID, which is missing where the page came without https.
  const made = newId() as string as DeviceId;
  await device.set(DEVICE_ID, made);
  return made;
}
