import { expect, it } from 'vitest';
import { type CursorOf, DAMAGED_CURSOR, digestOf } from '#protocol/digest.ts';
import { type ConversationId, type StreamId, type UserId, personalStream } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob, eve } from './testing/people.fixture.ts';
import { type World, createWorld, withGroup } from './testing/world.fixture.ts';

let salts = 0;

/** A person's device, of which a digest concerns only the cursors. */
function device(world: World, userId: UserId) {
  const cursors = new Map<StreamId, number>();
  const ask = (request: object) => world.pull(userId, { cursors: undefined, ...request });
  const apply = (answer: PullAnswer) => {
    for (const { stream, cursor, after, reset } of answer.streams) {
      expect(reset === true ? after : (cursors.get(stream) ?? 0)).toBe(after);
      if (cursor === 0) cursors.delete(stream);
      else cursors.set(stream, cursor);
    }
  };
  const digest = (cells = 60) => digestOf(cursors as Iterable<CursorOf>, ++salts, cells);
  return {
    cursors,
    ask,
    digest,
    /** Pulls until nothing is left; returns the answers. */
    async pull(request: { limit?: number; maxBytes?: number; cells?: number } = {}): Promise<PullAnswer[]> {
      const { cells, ...bounds } = request;
      const answers: PullAnswer[] = [];
      for (let more = true; more;) {
        const rest = answers.at(-1)?.rest?.token;
        const answer = await ask({ ...bounds, ...(rest === undefined ? { digest: digest(cells) } : { rest }) });
        apply(answer);
        answers.push(answer);
        ({ more } = answer);
      }
      return answers;
    },
  };
}

async function withGroups(world: World, count: number): Promise<ConversationId[]> {
  const groups = Array.from({ length: count }, newGroup);
  for (const group of groups) await world.ok(ann, op.create(group, [bob, eve], { title: 'Group' }));
  for (const group of groups) await world.ok(ann, op.send(group, 'first'));
  return groups;
}

it('[DG1] a device that holds nothing gets everything, and then its digest is answered with nothing', async () => {
  const world = await createWorld();
  await withGroups(world, 20);
  const phone = device(world, bob);
  expect((await phone.pull())[0]?.streams).toHaveLength(21);
  expect(phone.cursors.size).toBe(21);
  expect(await phone.pull()).toEqual([{ epoch: 'memory', streams: [], more: false }]);
});

it('[DG1] [DG3] what changed comes in the first answer, each page with the cursor that it continues from', async () => {
  const world = await createWorld();
  const groups = await withGroups(world, 30);
  const phone = device(world, bob);
  await phone.pull();
  const changed = groups.slice(3, 9);
  for (const group of changed) await world.ok(ann, op.send(group, 'news'));
  const cursors = new Map(phone.cursors);
  const [answer, ...others] = await phone.pull();
  expect(others).toEqual([]);
  expect(answer?.streams.map(({ stream }) => stream)).toEqual(changed.toReversed());
  for (const { stream, after, records } of answer?.streams ?? [])
    expect([after, records.length]).toEqual([cursors.get(stream), 1]);
});

it('[DG2] what does not fit follows by a token, the own stream first and then the newest chats, and is never sent twice', async () => {
  const world = await createWorld();
  const groups = await withGroups(world, 40);
  const phone = device(world, bob);
  const answers = await phone.pull({ maxBytes: 4_096 });
  expect(answers.length).toBeGreaterThan(5);
  const order = [...new Set(answers.flatMap(({ streams }) => streams.map(({ stream }) => stream)))];
  expect(order).toEqual([personalStream(bob), ...groups.toReversed()]);
  const sent = answers.flatMap(({ streams }) => streams.flatMap(({ records }) => records.map(({ id }) => id)));
  expect(new Set(sent).size).toBe(sent.length);
  // The number of remaining streams only falls.
  const left = answers.map(({ rest }) => rest?.streams ?? 0);
  expect(left).toEqual(left.toSorted((a, b) => b - a));
  expect(await phone.pull()).toHaveLength(1);
});

it('[DG2] a token is valid for one answer to its own device; otherwise the digest is asked for again', async () => {
  const world = await createWorld();
  await withGroups(world, 10);
  const [phone, laptop] = [device(world, bob), device(world, eve)];
  const first = await phone.ask({ digest: phone.digest(), limit: 5 });
  const token = first.rest?.token ?? '';
  const again = { epoch: 'memory', streams: [], more: true };
  expect(await laptop.ask({ rest: token })).toEqual(again);
  expect((await phone.ask({ rest: token, limit: 5 })).streams).not.toEqual([]);
  expect(await phone.ask({ rest: token, limit: 5 })).toEqual(again);
  const second = await phone.ask({ digest: phone.digest(), limit: 5 });
  world.clock.ms += 11 * 60_000;
  expect(await phone.ask({ rest: second.rest?.token })).toEqual(again);
});

it('[DG1] if more differs than the digest can tell, a larger digest is asked for', async () => {
  const world = await createWorld();
  const groups = await withGroups(world, 40);
  const phone = device(world, bob);
  await phone.pull();
  for (const group of groups) await world.ok(ann, op.send(group, 'news'));
  const answer = await phone.ask({ digest: phone.digest(12) });
  expect([answer.more, answer.rest]).toEqual([true, undefined]);
  expect((await phone.pull({ cells: 120 })).flatMap(({ streams }) => streams)).toHaveLength(40);
});

it('[DG4] [VB6] a damaged stream, one above the head, and one that the person has left are answered with resets', async () => {
  const world = await createWorld();
  const [damaged, above, left, ...others] = (await withGroups(world, 8)) as [
    ConversationId,
    ConversationId,
    ConversationId,
  ];
  const phone = device(world, bob);
  await phone.pull();
  phone.cursors.set(damaged, DAMAGED_CURSOR).set(above, 5_000);
  await world.ok(ann, op.remove(left, bob));
  const [answer] = await phone.pull();
  const resets = answer?.streams.filter(({ reset }) => reset === true) ?? [];
  expect(new Map(resets.map(({ stream, records }) => [stream, records.length > 0]))).toEqual(
    new Map([
      [damaged, true],
      [above, true],
      [left, false],
    ]),
  );
  expect(phone.cursors.size).toBe(1 + 2 + others.length);
  expect((await phone.pull()).flatMap(({ streams }) => streams)).toEqual([]);
});

it('[DG1] [VB6] a device that holds rows of another epoch gets everything', async () => {
  const world = await createWorld();
  await withGroups(world, 5);
  const phone = device(world, bob);
  await phone.pull();
  const answer = await phone.ask({ epoch: 'another', digest: phone.digest() });
  expect([answer.streams.length, answer.more]).toEqual([6, false]);
  expect(new Set(answer.streams.map(({ after }) => after))).toEqual(new Set([0]));
});

it('[DG2] [RA1] somebody who is removed between two pages gets a reset and nothing that was still to come', async () => {
  const world = await createWorld();
  const groups = await withGroups(world, 10);
  const phone = device(world, bob);
  const first = await phone.ask({ digest: phone.digest(), limit: 12 });
  const gone = groups[0] as ConversationId;
  await world.ok(ann, op.remove(gone, bob));
  let rest = first.rest?.token;
  const pages: PullAnswer['streams'] = [];
  while (rest !== undefined) {
    const answer = await phone.ask({ rest, limit: 12 });
    pages.push(...answer.streams);
    rest = answer.rest?.token;
  }
  expect(pages.filter(({ stream }) => stream === gone)).toEqual([
    { stream: gone, records: [], cursor: 0, more: false, reset: true },
  ]);
});

it('[DG2] somebody who is added meanwhile is asked for a new digest', async () => {
  const world = await createWorld();
  await withGroups(world, 10);
  const phone = device(world, bob);
  const first = await phone.ask({ digest: phone.digest(), limit: 12 });
  const added = await withGroup(world, bob);
  let last = first;
  while (last.rest !== undefined) last = await phone.ask({ rest: last.rest.token, limit: 1_000 });
  expect(last.more).toBe(true);
  expect((await phone.pull()).flatMap(({ streams }) => streams.map(({ stream }) => stream))).toContain(added);
});

it('[SH1] a pull has one of the two forms, and `only` is valid with cursors', async () => {
  const { streams } = await createWorld();
  const refusal = async (request: object) => {
    const answer = await streams.pull({ userId: bob }, request);
    return 'error' in answer ? `${answer.error.code} ${answer.error.path}` : 'ok';
  };
  const digest = digestOf([], 1, 3);
  expect(await refusal({})).toBe('invalid cursors');
  expect(await refusal({ cursors: {}, digest })).toBe('invalid cursors');
  expect(await refusal({ rest: 'x', digest })).toBe('invalid cursors');
  expect(await refusal({ digest, only: [] })).toBe('invalid only');
  expect(await refusal({ digest: { salt: 1 } })).toBe('invalid digest.cells');
  expect(await refusal({ digest })).toBe('ok');
});
