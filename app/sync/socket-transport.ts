import { io } from 'socket.io-client';
import type { DeviceId } from '#protocol/ids.ts';
import { Changes, Heads, Refusal, Welcome } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { verbs, type AnswerOf, type Verb } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';

const ANSWER_WITHIN_MS = 20_000;

/** The verbs and live events over Socket.IO. Its own reconnecting is off: when to try again is the engine's to decide. [LV1] */
export function socketTransport(device: DeviceId, events: TransportEvents): Transport {
  const socket = io({
    path: '/socket.io',
    auth: { protocol: PROTOCOL_VERSION, device },
    transports: ['websocket', 'polling'],
    autoConnect: false,
    reconnection: false,
    timeout: 10_000,
  });
  let isTrying = false;
  const over = (why: Lost) => {
    if (!isTrying) return;
    isTrying = false;
    socket.disconnect();
    events.lost(why);
  };

  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const refusal = parse(Refusal, error.data);
    over(refusal.ok ? { kind: 'refused', error: refusal.value } : { kind: 'lost' });
  });
  socket.on('disconnect', () => over({ kind: 'lost' }));
  socket.on('session_ended', () => over({ kind: 'refused', error: { code: 'unauthorized' } }));
  // What does not parse is from a server of another version: passed over, and made good by the next pull. [SH5]
  socket.on('welcome', (input: unknown) => {
    const welcome = parse(Welcome, input);
    if (welcome.ok) events.welcome(welcome.value);
  });
  socket.on('changes', (input: unknown) => {
    const changes = parse(Changes, input);
    if (changes.ok) events.changes(changes.value);
  });
  socket.on('heads', (input: unknown) => {
    const heads = parse(Heads, input);
    if (heads.ok) events.heads(heads.value);
  });

  return {
    connect() {
      if (isTrying) return;
      isTrying = true;
      socket.connect();
    },
    async ask<K extends Verb>(verb: K, request: unknown) {
      if (!socket.connected) return undefined;
      try {
        const answer: unknown = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(verb, request);
        const parsed = parse(verbs[verb].answer, answer);
        return parsed.ok ? (parsed.value as AnswerOf<K>) : undefined;
      } catch {
        // No answer in time, or the connection ended: to the caller both are silence.
        return undefined;
      }
    },
    close() {
      isTrying = false;
      socket.disconnect();
    },
  };
}
