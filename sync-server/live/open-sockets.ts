import { setTimeout } from 'node:timers/promises';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { ConversationId, DeviceId, StreamId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads, Presence, SessionEnded, TypingNotice, Welcome } from '#protocol/live.ts';
import type { Verb } from '#protocol/verbs.ts';

/** A client may send anything until a schema has parsed it; the ack may be missing. */
type FromClient = Record<Verb, (request: unknown, ack: unknown) => void> &
  Record<'typing' | 'watch' | 'visible', (notice: unknown) => void>;

interface FromServer {
  welcome: (welcome: Welcome) => void;
  changes: (changes: Changes) => void;
  heads: (heads: Heads) => void;
  typing: (notice: TypingNotice) => void;
  presence: (presence: Presence) => void;
  session_ended: (end: SessionEnded) => void;
}

interface SocketState {
  userId: UserId;
  sessionId: string;
  device: DeviceId;
  /** Streams that moved since the last `heads`, with their cursors. [LV5] */
  moved: Map<StreamId, number>;
  /** The conversations in which the person types on this socket, with the time of the last notice. [LV7] */
  typing: Map<ConversationId, number>;
  /** The people whom this socket watches, and what was last sent to it about them. [LV8] */
  watched: Map<UserId, boolean | 'hidden' | undefined>;
  /** Whether the app is visible on this device. [LV11] */
  isVisible: boolean;
}

/** The state of a socket that has just connected. */
export function initialState(): Pick<SocketState, 'moved' | 'typing' | 'watched' | 'isVisible'> {
  return { moved: new Map(), typing: new Map(), watched: new Map(), isVisible: false };
}

export type LiveServer = Server<FromClient, FromServer, DefaultEventsMap, SocketState>;
export type LiveSocket = Socket<FromClient, FromServer, DefaultEventsMap, SocketState>;

export interface OpenSockets {
  add(socket: LiveSocket): void;
  remove(socket: LiveSocket): void;
  ofUser(userId: UserId): ReadonlySet<LiveSocket> | undefined;
  all(): Iterable<LiveSocket>;
  /** Whether the app is visible on this device, as the device reports. [LV11] */
  isVisible(userId: UserId, device: string): boolean;
  /** Sessions with an open socket. */
  sessions(): string[];
  /** Sends every socket of these sessions the reason, and closes it. [LV6] */
  endSessions(sessionIds: readonly string[], reason: string): void;
}

/** The sockets of this process, by person and by session. */
export function createOpenSockets(): OpenSockets {
  const byUser = new Map<UserId, Set<LiveSocket>>();
  const bySession = new Map<string, Set<LiveSocket>>();
  return {
    add(socket) {
      put(byUser, socket.data.userId, socket);
      put(bySession, socket.data.sessionId, socket);
    },
    remove(socket) {
      take(byUser, socket.data.userId, socket);
      take(bySession, socket.data.sessionId, socket);
    },
    ofUser: (userId) => byUser.get(userId),
    *all() {
      for (const sockets of byUser.values()) yield* sockets;
    },
    isVisible(userId, device) {
      for (const { data } of byUser.get(userId) ?? []) if (data.device === device && data.isVisible) return true;
      return false;
    },
    sessions: () => [...bySession.keys()],
    endSessions(sessionIds, reason) {
      for (const id of sessionIds) {
        for (const socket of Array.from(bySession.get(id) ?? [])) {
          socket.emit('session_ended', { reason });
          socket.disconnect(true);
        }
      }
    },
  };
}

/** The room of all of a person's sockets. A packet to several rooms is encoded once. */
export function roomOf(userId: UserId): string {
  return `u:${userId}`;
}

const CLOSED_WITHIN_MS = 2_000;

/** Closes every socket, and waits a limited time until everything written to them has been sent. */
export async function closeSockets(io: LiveServer): Promise<void> {
  const deadline = performance.now() + CLOSED_WITHIN_MS;
  io.local.disconnectSockets(true);
  while (io.engine.clientsCount > 0 && performance.now() < deadline) await setTimeout(20);
  io.engine.close();
}

function put<K>(sets: Map<K, Set<LiveSocket>>, key: K, socket: LiveSocket): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([socket]));
  else set.add(socket);
}

function take<K>(sets: Map<K, Set<LiveSocket>>, key: K, socket: LiveSocket): void {
  const set = sets.get(key);
  set?.delete(socket);
  if (set?.size === 0) sets.delete(key);
}
