import { io } from 'socket.io-client';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '#protocol/version.ts';
import { openPosts } from './open-posts.ts';
import { openSocket } from './open-socket.ts';
import type { OpenWay, WayEvents } from './open-way.ts';
import { reportedPolling } from './reported-polling.ts';
import type { Way } from './ways.ts';

export interface ConnectionOptions {
  userId: UserId;
  device: DeviceId;
  /** Default: the origin of the page. */
  url?: string;
  headers?: Record<string, string>;
  /** For tests. */
  pullEveryMs?: number;
}

/**
 * Opens a connection over this way. `patience` multiplies the time within which it must make progress. Socket.IO's own reconnecting
 * is off, because the engine decides when to retry. [LV1]
 */
export function openConnection(way: Way, options: ConnectionOptions, patience: number, events: WayEvents): OpenWay {
  const { userId, device, url, headers, pullEveryMs } = options;
  if (way === 'posts') return openPosts({ userId, url, headers, patience, pullEveryMs }, events);
  const socketOptions = {
    path: SOCKET_PATH,
    auth: { protocol: PROTOCOL_VERSION, device },
    // The bytes of a packet are counted once it is complete.
    transports: way === 'polling' ? [reportedPolling(() => events.heard(0))] : [way],
    // Without it, long polling sends no cookie, not even to the origin of the page.
    withCredentials: true,
    forceNew: true,
    autoConnect: false,
    reconnection: false,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  };
  return openSocket(url === undefined ? io(socketOptions) : io(url, socketOptions), patience, events);
}
