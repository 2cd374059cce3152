import { Fetch } from 'socket.io-client';
import { textOf } from './text-of.ts';

/**
 * Long polling that reports each part of an answer as it arrives. Everything that was queued at the server comes in one answer,
 * which takes long on a slow line, and Socket.IO notices nothing of it before it is complete. [CL8]
 */
export function reportedPolling(onArrival: () => void): typeof Fetch {
  return class extends Fetch {
    override doPoll(): void {
      void this.#poll();
    }

    async #poll(): Promise<void> {
      const { extraHeaders } = this.opts as { extraHeaders?: Record<string, string> };
      let text: string;
      try {
        const headers = extraHeaders === undefined ? {} : { headers: extraHeaders };
        const response = await fetch(this.uri(), { credentials: 'same-origin', ...headers });
        text = await textOf(response, onArrival);
        if (!response.ok) return void this.onError('poll refused', response.status);
      } catch (error) {
        return void this.onError('poll failed', error);
      }
      this.onData(text);
    }
  };
}
