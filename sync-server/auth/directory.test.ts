import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Types } from 'mongoose';
import type { UsersAnswer } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import { type Person, type World, createWorld } from './testing/accounts.fixture.ts';
import { nameKeys } from './name-search.ts';

const CROWD = 45;

describe('the directory', () => {
  let world: World;
  let ann: Person;
  let zoe: Person;
  const crowd: UserId[] = [];

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
    ann = await world.signUp('Ann Lee', 'ann@example.org');
    zoe = await world.signUp('Zoë (a+b) 王伟', 'zoe@example.org');
    // Written as the library does: so many sign-ups would hash as many passwords.
    const rows = Array.from({ length: CROWD }, (_, at) => {
      const _id = new Types.ObjectId();
      crowd.push(_id.toHexString() as UserId);
      const name = at % 3 === 0 ? 'MAX' : 'Mäx';
      return { _id, name, email: `crowd-${at}@example.org`, findable: true, ...nameKeys(name, _id.toHexString()) };
    });
    await world.database.connection.collection('user').insertMany(rows);
  });
  afterAll(() => world.close());

  const ask = (query: object, caller: Person = ann, from = world) =>
    from.accounts.users({ userId: caller.id }, query, '192.0.2.1');
  const ids = async (query: object, caller = ann) =>
    ((await ask(query, caller)) as UsersAnswer).users.map(({ id }) => id);

  async function pages(query: object, caller: Person): Promise<string[][]> {
    const all: string[][] = [];
    let after: string | undefined;
    do {
      const answer = (await ask({ ...query, ...(after === undefined ? {} : { after }) }, caller)) as UsersAnswer;
      all.push(answer.users.map(({ id }) => id));
      after = answer.next;
    } while (after !== undefined);
    return all;
  }

  it('[HT3] lists everybody except the caller once, by name, then id, 20 on a page', async () => {
    const ofAnn = await pages({}, ann);
    expect(ofAnn.map((page) => page.length)).toEqual([20, 20, 6]);
    expect(ofAnn.flat()).toEqual([...crowd.toSorted(), zoe.id]);
    expect((await pages({ q: '' }, zoe)).flat()).toEqual([ann.id, ...crowd.toSorted()]);
    // A full page stays full when the caller would be on it.
    const inCrowd = { id: crowd[7] as UserId, email: '', cookie: '' };
    const ofCrowd = await pages({ q: 'max' }, inCrowd);
    expect(ofCrowd.map((page) => page.length)).toEqual([20, 20, 4]);
    expect(ofCrowd.flat()).toEqual(crowd.toSorted().filter((id) => id !== inCrowd.id));
  });

  it('[HT3] finds names that contain every word of a query of two letters or more, in any case and with any accents', async () => {
    for (const q of ['an', 'ANN', 'lee', 'nn l', 'Lee Ann', 'e a'])
      expect([q, await ids({ q }, zoe)]).toEqual([q, [ann.id]]);
    for (const q of ['zo', 'ZOE', 'zoë', '(a+b)', '王伟', 'a+']) expect([q, await ids({ q })]).toEqual([q, [zoe.id]]);
    for (const q of ['z.*', 'a.b', '^zo', '[a-z]{2}', 'ann zoe', '$where', 'z\\', 'xx'])
      expect([q, await ids({ q: `${q}x`.slice(0, 200) })]).toEqual([q, []]);
  });

  it('[HT3] finds the findable owner of a whole address, and shows no address', async () => {
    expect(await ids({ q: 'Zoe@Example.org' })).toEqual([zoe.id]);
    for (const q of ['zoe@example', 'zoe@', '@example.org', 'oe@example.org', '@', 'nobody@example.org'])
      expect([q, await ids({ q })]).toEqual([q, []]);
    expect(await ids({ q: 'ann@example.org' })).toEqual([]);
    expect(JSON.stringify([await ask({}), await ask({ q: 'zoe@example.org' })])).not.toContain('example.org');

    const hide = (findable: boolean) => world.call('/update-user', { findable }, { cookie: zoe.cookie });
    await hide(false);
    expect(await ids({ q: 'zoe@example.org' })).toEqual([]);
    expect(await ids({ q: 'zoe' })).toEqual([zoe.id]);
    await hide(true);
    expect(await ids({ q: 'zoe@example.org' })).toEqual([zoe.id]);
  });

  it('[HT3] finds and sorts names by their base letters', async () => {
    const own = await createWorld({ rateLimit: false });
    const names = ['Łucja Nowak', 'Moira O\u2019Shea', 'Søren Weiß', 'Jean-Luc Marchand', 'K.D. Lindqvist', 'Zoe'];
    const people = new Map<string, string>();
    for (const [at, name] of names.entries()) people.set(name, (await own.signUp(name, `p${at}@münchen.example`)).id);
    const named = async (query: object) => {
      const answer = (await own.accounts.users({ userId: 'reader' as UserId }, query, '192.0.2.1')) as UsersAnswer;
      return answer.users.map(({ name }) => name);
    };
    expect(await named({})).toEqual([
      'Jean-Luc Marchand',
      'K.D. Lindqvist',
      'Łucja Nowak',
      'Moira O\u2019Shea',
      'Søren Weiß',
      'Zoe',
    ]);
    for (const [q, name] of [
      ['lucja', 'Łucja Nowak'],
      ["o'shea", 'Moira O\u2019Shea'],
      ['soren', 'Søren Weiß'],
      ['weiss', 'Søren Weiß'],
      ['marchand, jean', 'Jean-Luc Marchand'],
      ['k.d.', 'K.D. Lindqvist'],
      ['p5@münchen.example', 'Zoe'],
      ['p5@xn--mnchen-3ya.example', 'Zoe'],
    ] as const)
      expect([q, await named({ q })]).toEqual([q, [name]]);

    // As an older version stored them: they are found once the server has started again.
    const users = own.database.connection.collection('user');
    const keys = { nameFolded: 'łucja nowak', nameKey: 'łucja nowak\u0000x', nameGrams: ['łuc'] };
    const asBefore = () => users.updateOne({ name: 'Łucja Nowak' }, { $set: keys, $unset: { nameKeysVersion: '' } });
    await own.database.connection.collection<{ _id: string }>('meta').deleteOne({ _id: { $regex: '^name keys ' } });
    await asBefore();
    expect(await named({ q: 'lucja' })).toEqual([]);
    await own.again();
    expect(await named({ q: 'lucja' })).toEqual(['Łucja Nowak']);
    // Once that is done, no later start reads all people for it.
    await asBefore();
    await own.again();
    expect(await named({ q: 'lucja' })).toEqual([]);
    await own.close();
  });

  it('[HT3] finds a person by id, even if the directory is closed, but nobody whose account is about to be deleted', async () => {
    const closed = await world.again({ directory: 'closed' });
    expect(await ask({ id: zoe.id }, ann, closed)).toEqual({
      users: [{ id: zoe.id, name: expect.any(String) as string }],
    });
    expect(await ask({ id: ann.id }, ann, closed)).toMatchObject({ users: [{ id: ann.id }] });
    for (const id of ['f'.repeat(24), 'nobody', 'F'.repeat(12)])
      expect([id, await ask({ id }, ann, closed)]).toEqual([id, { users: [] }]);
    for (const more of [{ q: 'zoe' }, { after: 'eA' }])
      expect(await ask({ id: zoe.id, ...more }, ann, closed)).toMatchObject({ error: { code: 'invalid', path: 'id' } });
    const users = world.database.connection.collection('user');
    await users.updateOne({ email: 'zoe@example.org' }, { $set: { deletedAfter: 1 } });
    expect(await ask({ id: zoe.id }, ann, closed)).toEqual({ users: [] });
    await users.updateOne({ email: 'zoe@example.org' }, { $unset: { deletedAfter: '' } });
  });

  it('[HT3] only answers searches if it is closed', async () => {
    const closed = await world.again({ directory: 'closed' });
    for (const query of [{}, { q: '' }])
      expect(await ask(query, ann, closed)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await ask({ q: 'zoe' }, ann, closed)).toMatchObject({ users: [{ id: zoe.id }] });
  });

  it('[SH1] [SH2] refuses a malformed query with the path of the field', async () => {
    const wrong: [unknown, string, string | undefined][] = [
      [{ q: 'a' }, 'invalid', 'q'],
      [{ q: ' a ' }, 'invalid', 'q'],
      [{ q: ['an', 'bo'] }, 'invalid', 'q'],
      [{ q: { $gt: '' } }, 'invalid', 'q'],
      [{ q: 'a\ud800' }, 'invalid', 'q'],
      [{ q: 'x'.repeat(201) }, 'too_large', 'q'],
      [{ after: 'x'.repeat(401) }, 'too_large', 'after'],
      [{ after: 'not a cursor' }, 'invalid', 'after'],
      [{ after: '' }, 'invalid', 'after'],
      [{ after: Buffer.from('without an id').toString('base64url') }, 'invalid', 'after'],
      [{ after: Buffer.from([0xff, 0]).toString('base64url') }, 'invalid', 'after'],
      [{ limit: '5' }, 'invalid', 'limit'],
      [JSON.parse('{"__proto__":{"q":"an"}}'), 'invalid', '__proto__'],
      [null, 'invalid', undefined],
    ];
    for (const [query, code, path] of wrong) {
      const answer = await world.accounts.users({ userId: ann.id }, query, '::1');
      expect([query, answer]).toEqual([
        query,
        { error: { code, message: expect.any(String) as string, ...(path === undefined ? {} : { path }) } },
      ]);
    }
    expect(await ids({ q: 'a\u0000nn' }, zoe)).toEqual([ann.id]);
  });

  it('[SEC-50] reads a page from an index, however many people match', async () => {
    const { db } = world.database.connection;
    for (const [filter, index] of [
      [{ nameKey: { $gt: '' } }, 'directory'],
      [{ nameGrams: 'max', nameKey: { $gt: '' } }, 'names'],
    ] as const) {
      const plan = await db?.command({ explain: { find: 'user', filter, sort: { nameKey: 1 }, limit: 5 } });
      expect(JSON.stringify(plan?.['queryPlanner'])).toContain(`"indexName":"${index}"`);
      expect(plan?.['executionStats']).toMatchObject({ totalDocsExamined: 5 });
    }
  });
});
