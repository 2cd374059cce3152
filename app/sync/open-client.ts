import type { Device } from '#app/local-store/device.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { once } from '#app/local-store/once.ts';
import { uuidV7, type OpId } from '#protocol/ids.ts';
import type { Client } from './client.ts';
import { readCaughtUpAt, readDeviceId, saveCaughtUpAt } from './device-facts.ts';
import { engineLock } from './engine-lock.ts';
import type { StartOverServer } from './engine-over-server.ts';
import { runForLeader } from './leader.ts';
import type { CreateHistoryLoaders } from './load-history.ts';
import { createOutbox } from './outbox.ts';
import { shareDrafts } from './share-drafts.ts';
import type { SyncStatus } from './status.ts';
import { openTabChannel } from './tab-channel.ts';
import { createTabEngine } from './tab-engine.ts';
import { createTabPresence } from './tab-presence.ts';

/** What the engine needs to know about its page; sync itself has no DOM. */
export interface PageSignals {
  isVisible: () => boolean;
  /** Calls the listener when the page becomes visible; returns a function that stops it. */
  onVisible: (listener: () => void) => () => void;
  onHidden: (listener: () => void) => () => void;
}

interface ClientParts {
  store: LocalStore;
  device: Device;
  page: PageSignals;
  /** Fetches the engine's code, which is not needed for showing what the device holds and for queuing what somebody writes. */
  loadEngine: () => Promise<StartOverServer>;
  /** Fetches code that is needed only once somebody scrolls to messages that are not on the device. It comes with the engine's code. */
  loadHistoryLoaders: () => Promise<CreateHistoryLoaders>;
}

/** `reportError` throws if it is called as a method of another object, and then nothing would be tried again. */
const onDefect = (error: unknown) => reportError(error);

/** One person in one tab. The engine runs in the leading tab, which tells the other tabs its status over a channel. */
export async function openClient({ store, device, page, ...code }: ClientParts): Promise<Client> {
  const name = engineLock(store.userId);
  const listeners = new Set<(status: SyncStatus) => void>();
  const [deviceId, lastCaughtUpAt, epoch] = await Promise.all([
    readDeviceId(device, newId),
    readCaughtUpAt(device),
    store.epoch(),
  ]);
  // The person's rows may have been deleted since: a device that holds nothing has never had everything.
  const caughtUpAt = epoch === undefined ? null : lastCaughtUpAt;
  const isOnline = () => navigator.onLine;
  let status: SyncStatus = { connection: { phase: isOnline() ? 'connecting' : 'offline' }, caughtUpAt };

  const take = (next: SyncStatus) => {
    status = { ...next, caughtUpAt: next.caughtUpAt ?? status.caughtUpAt };
    for (const listener of listeners) listener(status);
  };
  const channel = openTabChannel(name);
  const presence = createTabPresence({ self: store.userId, tab: newId(), post: channel.post });
  const engine = createTabEngine({
    presence,
    post: channel.post,
    async load() {
      const startOverServer = await code.loadEngine();
      return (mayLead) =>
        startOverServer(
          {
            store,
            isOnline,
            isVisible: page.isVisible,
            mayLead,
            random: Math.random,
            newId,
            onDefect,
            onStatus(next) {
              const isLater = next.caughtUpAt !== status.caughtUpAt;
              take(next);
              if (next.connection.phase !== 'online' && next.connection.phase !== 'catching-up') presence.forget();
              channel.post({ kind: 'status', status });
              if (isLater && next.caughtUpAt !== null) saveCaughtUpAt(device, next.caughtUpAt).catch(reportError);
            },
            onEphemeral: presence.fromServer,
          },
          { userId: store.userId, device: deviceId },
        );
    },
  });
  /** An answer over HTTP proves that the server can be reached, so nothing waits for the backoff any longer. [CL7] */
  const onAnswer = () => {
    if (status.connection.phase === 'connecting') engine.wake('signal');
  };
  const history = once(async () => (await code.loadHistoryLoaders())(store, onAnswer));
  channel.listen((message) => {
    switch (message.kind) {
      case 'queued':
      case 'wake':
      case 'prefer':
        return engine.fromTab(message);
      case 'ask':
        return engine.isLeading() ? channel.post({ kind: 'status', status }) : undefined;
      case 'status':
        return engine.isLeading() ? undefined : take(message.status);
      case 'typing':
      case 'watch':
      case 'who-watches':
      case 'ephemeral':
        return presence.fromTab(message);
    }
  });
  const outbox = createOutbox(store, newId, engine);
  const isCaughtUp = () => status.connection.phase === 'online';
  function onStatus(listener: (next: SyncStatus) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
  let stopSharing = () => {};
  const leader = runForLeader({
    name,
    locks: lockManager(),
    isVisible: page.isVisible,
    every(ms, tick) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    onLead(confirm) {
      engine.lead(confirm).catch(reportError);
      stopSharing();
      stopSharing = shareDrafts({
        store,
        outbox,
        isVisible: page.isVisible,
        isCaughtUp,
        onCaughtUp: (listener) => onStatus(() => isCaughtUp() && listener()),
        onHidden: page.onHidden,
        onDefect,
      });
    },
    onLost() {
      engine.follow();
      stopSharing();
    },
    onDefect,
  });
  channel.post({ kind: 'ask' });

  const onOnline = () => engine.wake('signal');
  addEventListener('online', onOnline);
  addEventListener('offline', engine.offline);
  const stops = [
    page.onVisible(onOnline),
    page.onVisible(() => engine.visible(true)),
    page.onHidden(() => engine.visible(false)),
  ];

  return {
    userId: store.userId,
    deviceId,
    store,
    outbox,
    presence,
    status: () => status,
    onStatus,
    loadEarlier: async (stream, reach) => (await history()).earlier(stream, reach),
    loadHistory: async (stream, bounds) => (await history()).bounded(stream, bounds),
    prefer: engine.prefer,
    reconnect: () => engine.wake('press'),
    async close() {
      removeEventListener('online', onOnline);
      removeEventListener('offline', engine.offline);
      for (const stop of stops) stop();
      stopSharing();
      presence.close();
      engine.close();
      leader.close();
      channel.close();
      store.close();
    },
  };
}

/** TypeScript's types assume a secure context, where it always exists. */
function lockManager(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}

function newId(): OpId {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}
