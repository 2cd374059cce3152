import { HEADS_INTERVAL_MS } from '#protocol/limits.ts';
import type { OpenSockets } from './open-sockets.ts';

/** From time to time, names the streams that have moved since the last time, so that a device notices a lost last change. [LV5] */
export function startHeads(sockets: OpenSockets, everyMs = HEADS_INTERVAL_MS): { close(): void } {
  const timer = setInterval(() => {
    for (const socket of sockets.all()) {
      const { moved } = socket.data;
      if (moved.size === 0) continue;
      socket.emit('heads', Object.fromEntries(moved));
      moved.clear();
    }
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
