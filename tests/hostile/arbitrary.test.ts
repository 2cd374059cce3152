import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '#protocol/errors.ts';
import { ops } from '#protocol/op.ts';
import { verbNames } from '#protocol/verbs.ts';
import { AT_ONCE, together } from './arbitrary-of.fixture.ts';
import { type Pair, newId, sendOp, startPair } from './both-transports.fixture.ts';

const RUNS = process.env['TEST_LONG'] === undefined ? 40 : 1_000;

const key = fc.oneof(
  fc.constantFrom('id', 'stream', 'kind', 'text', 'ops', 'cursors', 'only', 'limit', 'retry', 'messageId', 'memberIds'),
  fc.constantFrom('__proto__', 'constructor', 'toString', '$gt', '$where', 'length', '', '0', '_placeholder', 'num'),
  fc.string({ unit: 'binary' }),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', '\0', '🙂', 'message.send', '__proto__', '1e9', 'true'),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));
const codes = new Set<string>(ErrorCode.options);

describe('arbitrary JSON, over both transports', () => {
  let pair: Pair;
  beforeAll(async () => void (pair = await startPair()));
  afterAll(() => pair.server.close());

  it('[SEC-01] [SEC-42] [VB1] [ER1] both transports answer any request alike, with a code of the protocol, and it changes nothing', async () => {
    const before = await pair.ann.state();
    await fc.assert(
      fc.asyncProperty(together(fc.tuple(fc.constantFrom(...verbNames), anything)), async (requests) => {
        const answers = await Promise.all(requests.map(([verb, request]) => pair.ann.ask(verb, request)));
        const errors = (answers as { error?: { code: string } }[]).flatMap(({ error }) => error ?? []);
        expect(errors.filter(({ code }) => !codes.has(code) || code === 'internal')).toEqual([]);
      }),
      { numRuns: Math.ceil((RUNS * 3) / AT_ONCE) },
    );
    expect(await pair.ann.state()).toEqual(before);
  });

  it('[AP6] [SEC-01] [SEC-42] ops with arbitrary fields are each refused with a code that is not `internal`, and valid neighbours take effect', async () => {
    const kinds = Object.keys(ops);
    const bad = fc
      .tuple(fc.constantFrom(...kinds), fc.array(fc.tuple(key, anything), { minLength: 1, maxLength: 6 }))
      // Never valid, because of the surplus field.
      .map(([kind, entries]): object => ({ kind, ...Object.fromEntries(entries), surplus: true }));
    const push = async (junk: readonly object[], isByHttp: boolean) => {
      const good = sendOp(pair.place.group, 'a neighbour');
      const request = { ops: [...junk.map((op) => ({ id: newId(), stream: pair.place.group, ...op })), good] };
      const answer = isByHttp
        ? (await pair.ann.person.post('push', request)).answer
        : await pair.ann.socket.ask('push', request);
      expect(answer.results.map(({ ok }) => ok)).toEqual([...junk.map(() => false), true]);
      for (const result of answer.results.slice(0, -1))
        expect(result).toMatchObject({
          error: { code: expect.stringMatching(/^(?:invalid|too_large|not_found)$/) as string },
        });
    };
    await fc.assert(
      fc.asyncProperty(
        together(fc.tuple(fc.array(bad, { minLength: 1, maxLength: 8 }), fc.boolean())),
        async (pushes) => {
          await Promise.all(pushes.map((each) => push(...each)));
        },
      ),
      { numRuns: Math.ceil(RUNS / AT_ONCE) },
    );
  });

  it('[SEC-01] a valid op with one arbitrary field is refused or taken literally, and nothing breaks', async () => {
    const good = () => ({ ...sendOp(pair.place.group, 'x'), mentions: [], replyTo: pair.place.message });
    const names = Object.keys(good()).filter((name) => name !== 'retry');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), anything, async (name, value) => {
        const { results } = await pair.ann.socket.ask('push', { ops: [{ ...good(), [name]: value }] });
        const [result] = results;
        if (result?.ok === true) return;
        expect(result?.error.code).toMatch(/^(?:invalid|too_large|not_found|conflict)$/);
      }),
      { numRuns: RUNS * 2 },
    );
  });
});
