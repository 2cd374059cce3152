import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SearchAnswer } from '#protocol/http.ts';
import { type ConversationId, directStream, groupStream } from '#protocol/ids.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';
import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { nextId } from '#server/streams/testing/op.fixture.ts';

let server: TestServer;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  [ann, bob] = await Promise.all([server.signUp('Ann'), server.signUp('Bob')]);
});
afterAll(() => server.close());

type Sent = { id: string; text: string };

async function push(person: TestPerson, ...ops: object[]): Promise<void> {
  const { answer } = await person.post('push', { ops });
  expect(answer.results.filter(({ ok }) => !ok)).toEqual([]);
}

async function newChat(members: TestPerson[] = [bob], more: object = {}): Promise<ConversationId> {
  const stream = groupStream(nextId());
  const memberIds = members.map(({ userId }) => userId);
  await push(ann, { id: nextId(), stream, kind: 'conversation.create', title: 'Harbour', memberIds, ...more });
  return stream;
}

async function send(person: TestPerson, stream: ConversationId, ...texts: string[]): Promise<Sent[]> {
  const sent = texts.map((text) => ({ id: nextId(), text }));
  const sentAt = new Date().toISOString();
  for (let at = 0; at < sent.length; at += 100)
    await push(
      person,
      ...sent.slice(at, at + 100).map(({ id, text }) => ({ id, stream, kind: 'message.send', sentAt, text })),
    );
  return sent;
}

async function search(person: TestPerson, query: Record<string, string>) {
  return (await person.get<SearchAnswer>(`/api/search?${new URLSearchParams(query).toString()}`)).answer;
}

/** Expects these texts, newest first, once the index holds what was sent before. */
const expectFound = (person: TestPerson, query: Record<string, string>, wanted: readonly string[]) =>
  expect.poll(async () => (await search(person, query)).records.map(({ text }) => text)).toEqual(wanted);

it('[SR1] finds messages that hold every word, newest first, in one conversation or in all', async () => {
  const [one, other] = [await newChat(), await newChat()];
  await send(ann, one, 'Der Zwirnfaden ist fährtig', 'zwirnfäden are threads');
  await send(bob, other, 'about Zwirn: 東京駅で会う');
  await expectFound(ann, { q: 'zwirn' }, [
    'about Zwirn: 東京駅で会う',
    'zwirnfäden are threads',
    'Der Zwirnfaden ist fährtig',
  ]);
  await expectFound(bob, { q: 'zwirn', stream: one }, ['zwirnfäden are threads', 'Der Zwirnfaden ist fährtig']);
  await expectFound(ann, { q: 'FAHRT der' }, ['Der Zwirnfaden ist fährtig']);
  await expectFound(ann, { q: '京駅' }, ['about Zwirn: 東京駅で会う']);
  expect(await search(ann, { q: 'faden' })).toEqual({ records: [], more: false });
});

it('[SR1] each page continues where the last one ended, without gaps and without repeating a message', async () => {
  const [one, other] = [await newChat(), await newChat()];
  const sent = [];
  for (let round = 0; round < 6; round++)
    sent.push(...(await send(ann, round % 2 === 0 ? one : other, ...texts(round * 20, 20))));
  // The last of each chat: chats are indexed independently of each other.
  for (const last of [99, 119]) await expectFound(ann, { q: `quokka ${last}` }, [`quokka number ${last}`]);
  const ids: string[] = [];
  for (let before: string | undefined = ''; before !== undefined;) {
    const page: SearchAnswer = await search(ann, { q: 'quokka', ...(before === '' ? {} : { before }) });
    expect(page.records.length).toBe(page.more ? 50 : 20);
    ids.push(...page.records.map(({ id }) => id));
    before = page.next;
  }
  expect(ids).toEqual(sent.map(({ id }) => id).toReversed());
});

it('[SR2] nobody finds messages that they may not read: outsiders, people who have left, and those who joined later', async () => {
  const [eve, dan] = await Promise.all([server.signUp('Eve'), server.signUp('Dan')]);
  const stream = await newChat([bob], { history: 'joined' });
  await send(ann, stream, 'the okapi sleeps');
  await push(ann, { id: nextId(), stream, kind: 'member.add', userIds: [dan.userId] });
  await send(ann, stream, 'the okapi wakes');
  await expectFound(dan, { q: 'okapi' }, ['the okapi wakes']);
  await expectFound(bob, { q: 'okapi' }, ['the okapi wakes', 'the okapi sleeps']);
  await push(ann, { id: nextId(), stream, kind: 'member.remove', userId: bob.userId });
  for (const person of [bob, eve]) {
    expect(await search(person, { q: 'okapi' })).toEqual({ records: [], more: false });
    expect(await search(person, { q: 'okapi', stream })).toMatchObject({
      error: { code: 'not_found', path: 'stream' },
    });
  }
});

it('[SR3] an edit moves the words of a message, and a delete removes them', async () => {
  const stream = await newChat();
  const [first, second] = (await send(ann, stream, 'a tapir here', 'a tapir there')) as [Sent, Sent];
  await expectFound(bob, { q: 'tapir' }, ['a tapir there', 'a tapir here']);
  await push(ann, { id: nextId(), stream, kind: 'message.edit', messageId: first.id, text: 'a numbat here' });
  await push(ann, { id: nextId(), stream, kind: 'message.delete', messageId: second.id });
  await expectFound(bob, { q: 'numbat' }, ['a numbat here']);
  await expect.poll(() => search(bob, { q: 'tapir' })).toEqual({ records: [], more: false });
});

it('[SR1] finds exactly what a scan of the texts finds', async () => {
  const next = randomFrom(20_261_128);
  const stream = directStream(ann.userId, bob.userId);
  await push(ann, { id: nextId(), stream, kind: 'conversation.create', memberIds: [] });
  const syllables = ['ka', 'lo', 'mi', 'é', '東', '京', '.', '*', '$gt', '(a|b)', '\\'];
  const word = () =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => syllables[Math.floor(next() * 11)]).join('');
  const all = Array.from({ length: 150 }, () => `${word()} ${word()} ${word()}`);
  await send(ann, stream, ...all, 'the last one of these');
  await expectFound(ann, { q: 'these last' }, ['the last one of these']);
  let hits = 0;
  for (let round = 0; round < 60; round++) {
    const q = next() < 0.5 ? word() : `${word()} ${word()}`;
    const wanted = all.filter((text) => matchesName(text, wordsOf(q))).toReversed();
    hits += wanted.length;
    const answer = await search(ann, { q, stream });
    expect([q, answer.records.map(({ text }) => text)]).toEqual([q, wanted.slice(0, 50)]);
    expect(answer.more).toBe(wanted.length > 50);
  }
  expect(hits).toBeGreaterThan(100);
});

it('[SR1] refuses a query without a word, a foreign cursor, unknown fields and somebody without a session', async () => {
  const invalid = async (query: Record<string, string>, path: string) =>
    expect(await search(ann, query)).toMatchObject({ error: { code: 'invalid', path } });
  await invalid({ q: ' ' }, 'q');
  expect(await search(ann, { q: 'x'.repeat(201) })).toMatchObject({ error: { code: 'too_large', path: 'q' } });
  await invalid({ q: 'x', before: 'bm9uc2Vuc2U' }, 'before');
  await invalid({ q: 'x', stream: 'u:somebody' }, 'stream');
  await invalid({ q: 'x', $where: '1' }, '$where');
  await invalid({}, 'q');
  expect((await fetch(`${server.origin}/api/search?q=x`)).status).toBe(401);
});

function texts(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `quokka number ${from + at}`);
}

it('[BL4] messages of a blocked person are not found, in groups and direct chats, except by their sender', async () => {
  const [cat, dog] = await Promise.all([server.signUp('Cat'), server.signUp('Dog')]);
  const [group, direct] = [groupStream(nextId()), directStream(cat.userId, dog.userId)];
  const create = { kind: 'conversation.create', memberIds: [dog.userId] };
  await push(cat, { ...create, id: nextId(), stream: group }, { ...create, id: nextId(), stream: direct });
  await push(dog, { id: nextId(), stream: direct, kind: 'membership.update', blocked: true });
  await send(cat, group, 'a meow for all');
  await send(cat, direct, 'a meow for Dog');
  await send(dog, group, 'no meow please');
  await expectFound(cat, { q: 'meow' }, ['no meow please', 'a meow for Dog', 'a meow for all']);
  expect((await search(cat, { q: 'dog' })).records[0]).not.toHaveProperty('withheld');
  await expectFound(dog, { q: 'meow' }, ['no meow please']);
  await push(dog, { id: nextId(), stream: direct, kind: 'membership.update', blocked: false });
  await expectFound(dog, { q: 'meow' }, ['no meow please', 'a meow for all']);
});
