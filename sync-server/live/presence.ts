import type { UserId } from '#protocol/ids.ts';
import { type Presence, Watch } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import type { Circles } from './shared-conversations.ts';
import type { LiveSocket, OpenSockets } from './open-sockets.ts';
import type { PeerMessage, Peers } from './server-bus.ts';

/** When people were last seen, milliseconds since 1970: kept beyond the process. */
export interface LastSeen {
  note(userId: UserId, at: number): void;
  /** Unknown people are absent; so is everybody where the database doesn't answer. */
  find(userIds: readonly UserId[]): Promise<Map<UserId, number>>;
}

export interface PresenceNotices {
  /** Replaces the list of whom a socket watches; what is out of shape is passed over. [LV8] */
  watch(socket: LiveSocket, request: unknown): void;
  came(userId: UserId): void;
  gone(socket: LiveSocket): void;
  /** He came to a conversation, or left one: who may know of whom has changed. */
  moved(userId: UserId): void;
  heard(message: PeerMessage, from: string): void;
  close(): void;
}

/** A page that reloads, or a link that blinks, is no absence. */
const GRACE_MS = 1_000;
const TOLD_EVERY_MS = 10_000;
/** Another server that isn't heard of for so long is gone, with everybody there. */
const SILENT_MS = 30_000;

interface PresenceParts {
  sockets: OpenSockets;
  circles: Circles;
  peers: Peers;
  lastSeen: LastSeen;
  now: () => number;
  graceMs?: number | undefined;
}

/** Who is there, told to whoever watches and shares a conversation with him, at once and when it changes. */
export function createPresence({
  sockets,
  circles,
  peers,
  lastSeen,
  now,
  graceMs = GRACE_MS,
}: PresenceParts): PresenceNotices {
  const watchers = new Map<UserId, Set<LiveSocket>>();
  const leaving = new Map<UserId, ReturnType<typeof setTimeout>>();
  const elsewhere = new Map<string, { userIds: Set<UserId>; at: number }>();
  /** Of whom a list is being gone through: his sockets that wait for it. */
  const queues = new Map<UserId, Set<LiveSocket>>();

  const isHere = (userId: UserId) => sockets.ofUser(userId) !== undefined || leaving.has(userId);
  const isOnline = (userId: UserId) =>
    isHere(userId) || [...elsewhere.values()].some(({ userIds }) => userIds.has(userId));

  /** Tells a socket of these people what it doesn't know yet. */
  async function tell(socket: LiveSocket, userIds: readonly UserId[]): Promise<void> {
    const { userId: me, watched } = socket.data;
    const mayKnow: UserId[] = [];
    // One after the other: a list of strangers costs its sender time, not the database.
    for (const userId of userIds) {
      if (!watched.has(userId)) continue;
      if (await circles.share(me, userId)) mayKnow.push(userId);
      else if (watched.has(userId)) watched.set(userId, undefined);
    }
    const absent = mayKnow.filter((userId) => !isOnline(userId));
    const seen = absent.length === 0 ? new Map<UserId, number>() : await lastSeen.find(absent);
    for (const userId of mayKnow) {
      const online = isOnline(userId);
      if (!watched.has(userId) || watched.get(userId) === online) continue;
      watched.set(userId, online);
      const at = online ? now() : seen.get(userId);
      const presence: Presence = { userId, online };
      if (at !== undefined) presence.lastSeenAt = new Date(at).toISOString();
      socket.emit('presence', presence);
    }
  }

  function quietly(work: Promise<void>): void {
    // The database doesn't answer: presence is worth no retry, the next change tells.
    work.catch(() => undefined);
  }

  function changed(userId: UserId): void {
    for (const socket of watchers.get(userId) ?? []) quietly(tell(socket, [userId]));
  }

  /** A person's sockets one after the other, each list as it stands when its turn comes. */
  async function goThrough(socket: LiveSocket): Promise<void> {
    const { userId } = socket.data;
    const waiting = queues.get(userId);
    if (waiting !== undefined) return void waiting.add(socket);
    const queue = new Set([socket]);
    queues.set(userId, queue);
    try {
      for (const next of queue) {
        queue.delete(next);
        await tell(next, [...next.data.watched.keys()]);
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

  function left(userId: UserId, at: number): void {
    leaving.delete(userId);
    if (sockets.ofUser(userId) !== undefined) return;
    lastSeen.note(userId, at);
    if (peers.areThere) peers.tell({ kind: 'presence', userId, online: false, at });
    changed(userId);
  }

  const timers: ReturnType<typeof setInterval>[] = [];
  if (peers.areThere) {
    peers.tell({ kind: 'hello' });
    timers.push(setInterval(look, TOLD_EVERY_MS).unref());
  }
  function look(): void {
    sayWhoIsHere();
    for (const [server, { userIds, at }] of elsewhere) {
      if (performance.now() - at < SILENT_MS) continue;
      elsewhere.delete(server);
      for (const userId of userIds) changed(userId);
    }
  }
  function sayWhoIsHere(): void {
    const userIds = new Set([...sockets.all()].map((socket) => socket.data.userId));
    for (const userId of leaving.keys()) userIds.add(userId);
    peers.tell({ kind: 'here', userIds: [...userIds] });
  }

  function hearList(from: string, userIds: Set<UserId>): void {
    const before = elsewhere.get(from)?.userIds ?? new Set<UserId>();
    elsewhere.set(from, { userIds, at: performance.now() });
    for (const userId of userIds) if (!before.has(userId)) changed(userId);
    for (const userId of before) if (!userIds.has(userId)) changed(userId);
  }

  return {
    watch(socket, request) {
      const parsed = parse(Watch, request);
      if (!parsed.ok || !socket.connected) return;
      unwatch(socket);
      for (const userId of parsed.value.userIds) {
        socket.data.watched.set(userId, undefined);
        const set = watchers.get(userId);
        if (set === undefined) watchers.set(userId, new Set([socket]));
        else set.add(socket);
      }
      quietly(goThrough(socket));
    },
    came(userId) {
      clearTimeout(leaving.get(userId));
      const isBack = leaving.delete(userId);
      if (isBack || (sockets.ofUser(userId)?.size ?? 0) > 1) return;
      if (peers.areThere) peers.tell({ kind: 'presence', userId, online: true, at: now() });
      changed(userId);
    },
    gone(socket) {
      const { userId } = socket.data;
      unwatch(socket);
      if (sockets.ofUser(userId) !== undefined) return;
      const at = now();
      clearTimeout(leaving.get(userId));
      leaving.set(userId, setTimeout(() => left(userId, at), graceMs).unref());
    },
    moved(userId) {
      changed(userId);
      for (const socket of sockets.ofUser(userId) ?? []) if (socket.data.watched.size > 0) quietly(goThrough(socket));
    },
    heard(message, from) {
      if (message.kind === 'hello') sayWhoIsHere();
      else if (message.kind === 'here') hearList(from, new Set(message.userIds));
      else if (message.kind === 'presence') {
        const userIds = elsewhere.get(from)?.userIds ?? new Set<UserId>();
        elsewhere.set(from, { userIds, at: performance.now() });
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
      for (const [userId, timer] of leaving) {
        clearTimeout(timer);
        left(userId, now());
      }
      if (peers.areThere) peers.tell({ kind: 'here', userIds: [] });
    },
  };
}
