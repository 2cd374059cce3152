import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { type Fresh, targets } from '#server/database/testing/targets.fixture.ts';
import { createMongoEntryStore } from './mongo-entry-store.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob, eve } from './testing/people.fixture.ts';
import { type World, createWorld, withDirect, withGroup } from './testing/world.fixture.ts';

/** Like a client, sends the op again after `unavailable`, which a busy machine may answer. */
async function stored(world: World, user: UserId, given: object, retry: boolean): Promise<OpResult | undefined> {
  const [result] = await world.push(user, { ...given, retry });
  return result?.ok === false && result.error.code === 'unavailable' ? stored(world, user, given, true) : result;
}

describe.each(targets)('streams over mongoose and $name', ({ fresh }) => {
  let place: Fresh;
  let database: Database;
  const worlds: World[] = [];
  const open = async () => {
    const world = await createWorld({ store: createMongoEntryStore(database) });
    worlds.push(world);
    return world;
  };
  beforeAll(async () => {
    place = await fresh();
    database = await openDatabase(place.options);
  });
  afterAll(async () => {
    await Promise.all(worlds.map(({ streams }) => streams.close()));
    await database.close();
    await place.remove();
  });

  it('[AP2] [AP3] [ST2] [ST3] two processes write to the same streams at once: every op takes effect once, and no rev is missing', async () => {
    const [one, two] = [await open(), await open()];
    const [direct, group] = [await withDirect(one), await withGroup(one, bob, eve)];
    await Promise.all(
      Array.from({ length: 120 }, async (_, at) => {
        const given = op.send(at % 2 ? direct : group, `message ${at}`);
        const user = at % 3 ? ann : bob;
        const answers = await Promise.all([one, two].map((world) => stored(world, user, given, at % 5 === 0)));
        expect(answers[0]).toMatchObject({ ok: true });
        expect(answers[0]).toEqual(answers[1]);
      }),
    );
    for (const stream of [direct, group]) {
      const { records } = await two.history(bob, stream, { limit: 1000, maxBytes: 1024 * 1024 });
      expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
      const page = await one.page(bob, stream);
      expect(page?.cursor).toBe(60 + (stream === direct ? 3 : 4));
    }
  });

  it('[RC2] nothing of a deleted or edited text is kept', async () => {
    const world = await open();
    const group = newGroup();
    await world.ok(ann, op.create(group, [bob]));
    const id = (await world.ok(ann, op.send(group, 'the very secret'))).id as OpId;
    await world.ok(ann, op.pin(group, id));
    await world.ok(ann, op.edit(group, id, 'another secret'));
    await world.ok(ann, op.delete(group, id));
    await world.streams.close();
    const stored = JSON.stringify(await database.connection.collection('entries').find({}).toArray());
    expect(stored).toContain(id);
    expect(stored).not.toContain('secret');
  });

  it('a verb is answered with the value `unavailable` when the database is gone', async () => {
    const other = await fresh();
    const gone = await openDatabase(other.options);
    const store = createMongoEntryStore(gone);
    const patient = await createWorld({ store });
    const direct = await withDirect(patient);
    await patient.streams.close();
    const world = await createWorld({ store, deadlineMs: 300 });
    await gone.close();
    expect(await world.refusal(ann, op.send(direct, 'x'))).toBe('unavailable');
    expect(await world.streams.pull({ userId: ann }, { cursors: {} })).toMatchObject({
      error: { code: 'unavailable' },
    });
    expect(await world.streams.history({ userId: ann }, { stream: direct })).toMatchObject({
      error: { code: 'unavailable' },
    });
    expect(world.defects).toEqual([]);
    await world.streams.close();
    await other.remove();
  });
});
