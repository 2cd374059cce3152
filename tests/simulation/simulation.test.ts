import { describe, expect, test } from 'vitest';
import type { OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { AnswerOf } from '#protocol/verbs.ts';
import type { Fault } from './device.fixture.ts';
import { simulate, type Ran } from './simulate.fixture.ts';
import { deeds } from './weather.fixture.ts';

const SEEDS = Number(process.env['SEEDS'] ?? (process.env['TEST_LONG'] === '1' ? 3_000 : 60));
const firstSeed = Number(process.env['SEED'] ?? 1);
/** One named life, or all from the first. */
const seeds = process.env['SEED'] === undefined ? SEEDS : 1;

function told(seed: number, { violations, history }: Ran): string {
  return `SEED=${seed}\n${violations.join('\n')}\n--- history\n${history.join('\n')}`;
}

describe('simulation', () => {
  test(
    `[ST4] [ST5] [CL1] [CL2] [AP2] [ER2] [RD4] [ask 1] hold on five devices over ${SEEDS} lives in bad weather`,
    async () => {
      const sum = Object.fromEntries(deeds.map((deed) => [deed, 0]));
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const ran = await simulate(seed);
        expect(ran.violations.length === 0 ? '' : told(seed, ran)).toBe('');
        for (const deed of deeds) sum[deed] = (sum[deed] ?? 0) + ran.did[deed];
      }
      // It did something: every kind of bad day came, often.
      expect(deeds.filter((deed) => seeds > 1 && (sum[deed] ?? 0) < seeds / 4)).toEqual([]);
    },
    60_000 + SEEDS * 1_000,
  );
});

/** Lives that once went wrong, and what it was. */
test.each([
  [
    2449,
    'added to a group between the group’s step and one’s own, as the device came back: it never asked for the group',
  ],
])('[ST4] [LV3] life %i: %s', async (seed) => {
  const ran = await simulate(seed);
  expect(ran.violations.length === 0 ? '' : told(seed, ran)).toBe('');
});

/** What a careless engine, store or network would do. Each is noticed, or the simulation is worth nothing. */
const faults: Record<string, Fault> = {
  'takes live changes in whatever they skip': {
    store: (store) => ({
      ...store,
      async applyChanges(changes) {
        const { stream, cursor, records } = changes;
        const epoch = (await store.epoch()) ?? 'memory';
        await store.applyPage({ epoch, more: false, streams: [{ stream, records, cursor, more: false }] });
        return 'applied';
      },
    }),
  },
  'takes silence for consent': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request, withinMs) => {
        const answer = await transport.ask(verb, request, withinMs);
        if (answer !== undefined || verb !== 'push') return answer;
        const ops = (request as { ops: Op[] }).ops;
        return { results: ops.map(({ id, stream }) => ({ id, ok: true, stream, rev: 1 })) } as never;
      },
    }),
  },
  'makes a new op of each attempt': {
    transport: (transport, weather) => ({
      ...transport,
      ask: async (verb, request, withinMs) => {
        if (verb !== 'push') return transport.ask(verb, request, withinMs);
        const ops = (request as { ops: Op[] }).ops;
        const ids = new Map<string, OpId>(ops.map(({ id, retry }) => [retry === true ? weather.newId() : id, id]));
        const sent = [...ids.keys()].map((id, at) => ({ ...ops[at], id }));
        const answer: AnswerOf<'push'> | undefined = await transport.ask('push', { ops: sent }, withinMs);
        if (answer === undefined || 'error' in answer) return answer;
        return { results: answer.results.map((one) => ({ ...one, id: ids.get(one.id) ?? one.id })) } as never;
      },
    }),
  },
  'sends what is newest first': {
    store: (store) => ({ ...store, outbox: async (stream) => (await store.outbox(stream)).toReversed() }),
  },
  'sends each op by itself, all at once': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request, withinMs) => {
        if (verb !== 'push') return transport.ask(verb, request, withinMs);
        const ops = (request as { ops: Op[] }).ops.toReversed();
        const answers = await Promise.all(ops.map((op) => transport.ask('push', { ops: [op] }, withinMs)));
        const results = answers.flatMap((answer) => (answer === undefined || 'error' in answer ? [] : answer.results));
        return (results.length === 0 ? undefined : { results: results.toReversed() }) as never;
      },
    }),
  },
  'says that it is written before it is': {
    store: (store) => ({
      ...store,
      enqueue(ops, queuedAt) {
        void store.enqueue(ops, queuedAt);
        return Promise.resolve();
      },
    }),
  },
  'does not listen to heads': { events: (events) => ({ ...events, heads: () => undefined }) },
  'does not notice that it is cut off': { events: (events) => ({ ...events, lost: () => undefined }) },
  'gives up on what it was told to wait for': {
    transport: (transport) => ({
      ...transport,
      ask: async (verb, request, withinMs) => {
        const answer = await transport.ask(verb, request, withinMs);
        if (verb !== 'push' || answer === undefined || !('error' in answer)) return answer;
        const error = { ...answer.error, code: 'conflict' };
        return { results: (request as { ops: Op[] }).ops.map(({ id }) => ({ id, ok: false, error })) } as never;
      },
    }),
  },
};

describe('planted faults', () => {
  test.each(Object.keys(faults))(
    '[ask 1] the simulation notices a device that %s',
    async (name) => {
      const noticed = [];
      for (let seed = 1; seed <= 40 && noticed.length === 0; seed++)
        noticed.push(...(await simulate(seed, faults[name])).violations);
      expect(noticed).not.toEqual([]);
    },
    300_000,
  );
});
