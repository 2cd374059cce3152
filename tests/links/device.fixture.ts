import type { LocalStore } from '#app/local-store/local-store.ts';
import {
  createMemoryDisk,
  openMemoryLocalStore,
  type MemoryDisk,
} from '#app/local-store/testing/memory-local-store.ts';
import { sendMessage } from '#app/ops/messages.ts';
import { startEngine, type Engine } from '#app/sync/engine.ts';
import { createOutbox } from '#app/sync/outbox.ts';
import { serverTransport, type TransportOptions } from '#app/sync/server-transport.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';
import type { ConversationId, DeviceId, OpId } from '#protocol/ids.ts';
import { newId, until, type Person } from '#tests/faults/person.fixture.ts';

/** A person's device with the app's own engine, in this process; it has no screen. */
export interface Device {
  readonly store: LocalStore;
  readonly engine: Engine;
  phases(): ConnectionStatus['phase'][];
  status(): ConnectionStatus | undefined;
  defects: unknown[];
  send(stream: ConversationId, text: string): Promise<OpId>;
  /** Resolves when the server has answered this op. */
  settled(id: OpId): Promise<void>;
  caughtUp(): Promise<void>;
  /** The texts of the messages that the device holds of a chat, in order. */
  texts(stream: ConversationId): Promise<string[]>;
  close(): void;
}

interface DeviceParts {
  person: Person;
  /** Where it connects to: a line or a proxy in front of the server. */
  origin: string;
  /** What the device holds; a new one is empty. */
  disk?: MemoryDisk;
  /** Shorter times than the app's. */
  times?: Pick<TransportOptions, 'headStartMs' | 'backAfterMs' | 'pullEveryMs'>;
}

export function startDevice({ person, origin, disk = createMemoryDisk(), times }: DeviceParts): Device {
  const store = openMemoryLocalStore({ userId: person.userId, disk });
  const statuses: ConnectionStatus[] = [];
  const defects: unknown[] = [];
  const engine = startEngine({
    store,
    transport: (events) =>
      serverTransport(
        {
          userId: person.userId,
          device: newId() as string as DeviceId,
          url: origin,
          headers: { cookie: person.cookie },
          ...times,
        },
        events,
      ),
    isOnline: () => true,
    isVisible: () => true,
    mayLead: () => Promise.resolve(true),
    onStatus: ({ connection }) => void statuses.push(connection),
    onEphemeral: () => undefined,
    onDefect: (error) => void defects.push(error),
    random: Math.random,
    newId,
  });
  const outbox = createOutbox(store, newId, engine);
  return {
    store,
    engine,
    phases: () => statuses.map(({ phase }) => phase),
    status: () => statuses.at(-1),
    defects,
    send: (stream, text) => outbox.queue(sendMessage(stream, { text }, new Date())),
    settled: (id) => until(async () => !(await store.outbox()).some((row) => row.id === id && row.state !== 'sent')),
    caughtUp: () => until(() => statuses.at(-1)?.phase === 'online'),
    texts: async (stream) => (await store.messages(stream, {})).flatMap(({ text }) => text ?? []),
    close() {
      engine.close();
      store.close();
    },
  };
}
