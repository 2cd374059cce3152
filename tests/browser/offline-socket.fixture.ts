import type { BrowserContext } from 'playwright-core';

/**
 * While a context is offline, packets that its pages send over an open WebSocket wait in the page. Chromium would hold it back too, but
 * with half a core of its network service for as long as the context is offline.
 */
export function holdSocketsOffline(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    type Data = Parameters<WebSocket['send']>[0];
    const { send } = WebSocket.prototype;
    const held = new Map<WebSocket, Data[]>();
    const flush = (socket: WebSocket) => {
      const waiting = held.get(socket) ?? [];
      held.delete(socket);
      if (socket.readyState === WebSocket.OPEN) for (const each of waiting) send.call(socket, each);
    };
    WebSocket.prototype.send = function (data) {
      if (!navigator.onLine) return void held.set(this, [...(held.get(this) ?? []), data]);
      // In the order of sending, also if a page sends at the very moment at which it is online again.
      flush(this);
      return send.call(this, data);
    };
    addEventListener('online', () => [...held.keys()].forEach(flush));
  });
}
