import type { LocalStore } from '#app/local-store/local-store.ts';
import { createMemoryDisk, openMemoryLocalStore, type MemoryLocalStore } from '#app/local-store/memory-local-store.ts';
import { createOutbox } from '#app/sync/outbox.ts';
import { startEngine, type Engine } from '#app/sync/engine.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Transport, TransportEvents } from '#app/sync/transport.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { Server } from './server.fixture.ts';
import { sleep, type Weather } from './weather.fixture.ts';
import { createWire, type Wire } from './wire.fixture.ts';

/** A defect put between the engine and what it stands on, to see whether the simulation notices. */
export interface Fault {
  store?: (store: LocalStore, weather: Weather) => LocalStore;
  transport?: (transport: Transport, weather: Weather) => Transport;
  events?: (events: TransportEvents) => TransportEvents;
}

/** What a person was told is written: it must arrive, or be shown as failed. */
export interface Said {
  id: OpId;
  stream: ConversationId;
  text: string;
}

interface Life {
  store: MemoryLocalStore;
  engine: Engine;
  outbox: Outbox;
  phase: string;
}

export interface Device {
  name: string;
  userId: UserId;
  wire: Wire;
  said: Said[];
  /** Undefined while it is down. */
  life(): Life | undefined;
  start(): void;
  kill(): void;
  /** Queues one op that the outbox has no word for. */
  queue(op: Op): Promise<void>;
  send(stream: ConversationId): Promise<void>;
  defects: unknown[];
}

export function createDevice(weather: Weather, server: Server, userId: UserId, name: string, fault: Fault): Device {
  const disk = createMemoryDisk();
  const wire = createWire(weather, server, userId, name);
  const said: Said[] = [];
  const defects: unknown[] = [];
  let life: Life | undefined;

  const living = () => {
    if (life === undefined) throw new Error(`${name} is down`);
    return life;
  };
  const seen =
    (ask: Transport['ask']): Transport['ask'] =>
    async (verb, request, withinMs) => {
      if (verb === 'push')
        for (const op of (request as { ops: Op[] }).ops) if (op.retry === true) weather.did.resends++;
      const answer = await ask(verb, request, withinMs);
      if (answer !== undefined && 'results' in answer)
        weather.did.refusals += answer.results.filter(({ ok }) => !ok).length;
      if (answer !== undefined && 'error' in answer) weather.did.refusals++;
      if (verb === 'push' && answer !== undefined) weather.say(`${name} pushed: ${brief(request, answer)}`);
      if (answer !== undefined && 'streams' in answer)
        weather.did.resets += answer.streams.filter((page) => page.reset === true).length;
      return answer;
    };

  const device: Device = {
    name,
    userId,
    wire,
    said,
    defects,
    life: () => life,
    start() {
      weather.say(`${name} starts`);
      const flush = () => sleep(weather.below(10));
      const store = openMemoryLocalStore({ userId, disk, flush });
      const seenStore = fault.store?.(store, weather) ?? store;
      const own: Life = {
        store,
        phase: 'starting',
        engine: startEngine({
          store: seenStore,
          transport: (events) => {
            const transport = wire.transport(fault.events?.(events) ?? events);
            const faulty = fault.transport?.(transport, weather) ?? transport;
            return { ...faulty, ask: seen(faulty.ask) };
          },
          isOnline: () => wire.isReachable,
          mayLead: () => Promise.resolve(true),
          onStatus: ({ connection }) => (own.phase = connection.phase),
          onEphemeral: () => undefined,
          onDefect: (error) => defects.push(error),
          random: () => weather.below(1_000) / 1_000,
          newId: weather.newId,
        }),
        outbox: createOutbox(seenStore, weather.newId, () => own.engine.queued()),
      };
      life = own;
    },
    kill() {
      if (life === undefined) return;
      weather.say(`${name} dies`);
      weather.did.deviceDeaths++;
      life.store.crash();
      life.engine.close();
      life = undefined;
    },
    async queue(op) {
      const { store, engine } = living();
      weather.say(`${name} wants ${JSON.stringify(op)}`);
      await store.enqueue([op], new Date().toISOString());
      engine.queued();
    },
    async send(stream) {
      const text = `${name} ${weather.did.sends++}`;
      weather.say(`${name} says ${text} in ${stream.slice(-14)}`);
      const id = await living().outbox.send(stream, { text });
      // The store writes one after another, in the order of asking.
      said.push({ id, stream, text });
    },
  };
  return device;
}

function brief(request: unknown, answer: object): string {
  const ops = (request as { ops: Op[] }).ops;
  const results =
    'results' in answer ? (answer.results as { ok: boolean; seq?: number; error?: { code: string } }[]) : [];
  return ops
    .map((op, at) => {
      const result = results[at];
      const what = op.kind === 'message.send' ? op.text : op.kind;
      const became = result === undefined ? JSON.stringify(answer) : (result.error?.code ?? result.seq ?? 'ok');
      return `${op.retry === true ? 'again ' : ''}${what} → ${became}`;
    })
    .join(', ');
}
