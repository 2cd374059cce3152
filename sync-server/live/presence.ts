import type { UserId } from '#protocol/ids.ts';
import { type Presence, Watch } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { createLatestOnly } from './latest-only.ts';
import type { LiveContext } from './live-context.ts';
import type { LiveSocket } from './open-sockets.ts';
import type { BusMessage } from './server-bus.ts';
import type { SharedConversations } from './shared-conversations.ts';

/** When people were last seen, milliseconds since 1970; outlives the process. */
export interface LastSeen {
  note(userId: UserId, at: number): void;
  /** Unknown people are absent, and everybody is if the database does not answer. */
  find(userIds: readonly UserId[]): Promise<Map<UserId, number>>;
}

export interface PresenceNotices {
  /** Replaces the list of people that a socket watches; a malformed request is ignored. [LV8] */
  watch(socket: LiveSocket, request: unknown): void;
  connected(userId: UserId): void;
  disconnected(socket: LiveSocket): void;
  /** A person joined or left a conversation or changed what they hide, so it may have changed who sees whose presence. */
  visibilityChanged(userId: UserId): void;
  received(message: BusMessage, from: string): void;
  close(): void;
}

/** A page that reloads or a short interruption of the link does not make anybody offline. */
const GRACE_MS = 1_000;
/** Each list costs a check of every person in it. */
const LISTS = { max: 10, windowMs: 2_000 };
const LIST_EVERY_MS = 10_000;
/** A server that sends nothing for this long counts as gone, and everybody there as offline. */
const SILENT_MS = 30_000;

/** Sends who is online to everybody who watches them and shares a conversation with them, at once and on change. */
export function createPresence(
  { sockets, bus, now, privacyOf, areApart }: LiveContext,
  shared: SharedConversations,
  lastSeen: LastSeen,
  graceMs = GRACE_MS,
): PresenceNotices {
  const watchers = new Map<UserId, Set<LiveSocket>>();
  /** People without a socket who still count as online. */
  const inGrace = new Map<UserId, ReturnType<typeof setTimeout>>();
  const otherServers = new Map<string, { userIds: Set<UserId>; at: number }>();
  /** Sockets of a person whose list waits, while the list of another one is sent. */
  const queues = new Map<UserId, Set<LiveSocket>>();

  const limitLists = createLatestOnly(LISTS);

  const isHere = (userId: UserId) => sockets.ofUser(userId) !== undefined || inGrace.has(userId);
  const isOnline = (userId: UserId) =>
    isHere(userId) || [...otherServers.values()].some(({ userIds }) => userIds.has(userId));

  /** Sends a socket the presence of these people that it does not know yet. */
  async function notify(socket: LiveSocket, userIds: readonly UserId[]): Promise<void> {
    const { userId: me, watched } = socket.data;
    const visible: UserId[] = [];
    // One at a time, so that a list of strangers takes its sender's time and causes little load on the database.
    for (const userId of userIds) {
      if (!watched.has(userId)) continue;
      if (await shared.haveOne(me, userId)) visible.push(userId);
      else if (watched.has(userId)) watched.set(userId, undefined);
    }
    // People who hide their presence do not see that of others either. [PV3] A block looks the same. [BL3]
    const isHidden = (userId: UserId) => !privacyOf(me).lastSeen || !privacyOf(userId).lastSeen || areApart(me, userId);
    const offline = visible.filter((userId) => !isHidden(userId) && !isOnline(userId));
    const seen = offline.length === 0 ? new Map<UserId, number>() : await lastSeen.find(offline);
    for (const userId of visible) {
      const hidden = isHidden(userId);
      const online = !hidden && isOnline(userId);
      const known = hidden ? 'hidden' : online;
      if (!watched.has(userId) || watched.get(userId) === known) continue;
      watched.set(userId, known);
      const at = online ? now() : seen.get(userId);
      const presence: Presence = { userId, online };
      if (at !== undefined) presence.lastSeenAt = new Date(at).toISOString();
      socket.emit('presence', presence);
    }
  }

  function inBackground(work: Promise<void>): void {
    // The database does not answer. Presence is not worth a retry, because the next change is sent anyway.
    work.catch(() => undefined);
  }

  function changed(userId: UserId): void {
    for (const socket of watchers.get(userId) ?? []) inBackground(notify(socket, [userId]));
  }

  /** A person's sockets take turns, each with the list that it has when its turn comes. */
  async function sendList(socket: LiveSocket): Promise<void> {
    const { userId } = socket.data;
    const waiting = queues.get(userId);
    if (waiting !== undefined) return void waiting.add(socket);
    const queue = new Set([socket]);
    queues.set(userId, queue);
    try {
      for (const next of queue) {
        queue.delete(next);
        await notify(next, [...next.data.watched.keys()]);
      }
    } finally {
      queues.delete(userId);
    }
  }

  function unwatch(socket: LiveSocket): void {
    for (const userId of socket.data.watched.keys()) {
      const set = watchers.get(userId);
      set?.delete(socket);
      if (set?.size === 0) watchers.delete(userId);
    }
    socket.data.watched.clear();
  }

  function replaceList(socket: LiveSocket, userIds: readonly UserId[]): void {
    if (!socket.connected) return;
    unwatch(socket);
    for (const userId of userIds) {
      socket.data.watched.set(userId, undefined);
      const set = watchers.get(userId);
      if (set === undefined) watchers.set(userId, new Set([socket]));
      else set.add(socket);
    }
    inBackground(sendList(socket));
  }

  function graceEnded(userId: UserId, at: number): void {
    inGrace.delete(userId);
    if (sockets.ofUser(userId) !== undefined) return;
    lastSeen.note(userId, at);
    if (bus.hasPeers) bus.publish({ kind: 'presence', userId, online: false, at });
    changed(userId);
  }

  const timers: ReturnType<typeof setInterval>[] = [];
  if (bus.hasPeers) {
    bus.publish({ kind: 'hello' });
    timers.push(setInterval(exchangeLists, LIST_EVERY_MS).unref());
  }
  function exchangeLists(): void {
    publishList();
    for (const [server, { userIds, at }] of otherServers) {
      if (performance.now() - at < SILENT_MS) continue;
      otherServers.delete(server);
      for (const userId of userIds) changed(userId);
    }
  }
  function publishList(): void {
    const userIds = new Set([...sockets.all()].map((socket) => socket.data.userId));
    for (const userId of inGrace.keys()) userIds.add(userId);
    bus.publish({ kind: 'here', userIds: [...userIds] });
  }

  function receivedList(from: string, userIds: Set<UserId>): void {
    const before = otherServers.get(from)?.userIds ?? new Set<UserId>();
    otherServers.set(from, { userIds, at: performance.now() });
    for (const userId of userIds) if (!before.has(userId)) changed(userId);
    for (const userId of before) if (!userIds.has(userId)) changed(userId);
  }

  return {
    watch(socket, request) {
      const parsed = parse(Watch, request);
      if (parsed.ok) limitLists(socket, () => replaceList(socket, parsed.value.userIds));
    },
    connected(userId) {
      clearTimeout(inGrace.get(userId));
      const isBack = inGrace.delete(userId);
      if (isBack || (sockets.ofUser(userId)?.size ?? 0) > 1) return;
      if (bus.hasPeers) bus.publish({ kind: 'presence', userId, online: true, at: now() });
      changed(userId);
    },
    disconnected(socket) {
      const { userId } = socket.data;
      unwatch(socket);
      if (sockets.ofUser(userId) !== undefined) return;
      const at = now();
      clearTimeout(inGrace.get(userId));
      inGrace.set(userId, setTimeout(() => graceEnded(userId, at), graceMs).unref());
    },
    visibilityChanged(userId) {
      changed(userId);
      for (const socket of sockets.ofUser(userId) ?? [])
        if (socket.data.watched.size > 0) inBackground(sendList(socket));
    },
    received(message, from) {
      if (message.kind === 'hello') publishList();
      else if (message.kind === 'here') receivedList(from, new Set(message.userIds));
      else if (message.kind === 'presence') {
        const userIds = otherServers.get(from)?.userIds ?? new Set<UserId>();
        otherServers.set(from, { userIds, at: performance.now() });
        if (message.online) userIds.add(message.userId);
        else {
          userIds.delete(message.userId);
          lastSeen.note(message.userId, message.at);
        }
        changed(message.userId);
      }
    },
    close() {
      for (const timer of timers) clearInterval(timer);
      for (const [userId, timer] of inGrace) {
        clearTimeout(timer);
        graceEnded(userId, now());
      }
      if (bus.hasPeers) bus.publish({ kind: 'here', userIds: [] });
    },
  };
}
