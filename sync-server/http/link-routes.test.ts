import { afterAll, beforeAll, expect, it } from 'vitest';
import { GROUP_LINKS_PATH as PATH, type LinkPreview, type MadeLink, type OpenLink } from '#protocol/group-links.ts';
import { type ConversationId, directStream, groupStream } from '#protocol/ids.ts';
import { nextId } from '#server/streams/testing/op.fixture.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';

let server: TestServer;
let ann: TestPerson;
let bob: TestPerson;
let eve: TestPerson;
let group: ConversationId;
beforeAll(async () => {
  server = await startTestServer({ RATE_LIMIT: 'on' });
  [ann, bob, eve] = await Promise.all([server.signUp('Ann'), server.signUp('Bob'), server.signUp('Eve')]);
  group = groupStream(nextId());
  await push(ann, { kind: 'conversation.create', title: 'Harbour', memberIds: [bob.userId] });
});
afterAll(() => server.close());

async function push(person: TestPerson, op: object) {
  const { answer } = await person.post('push', { ops: [{ id: nextId(), stream: group, ...op }] });
  return answer.results[0];
}
type Failed = { error: { code: string; path?: string } };
const make = (person: TestPerson, body: object) => person.request<MadeLink & Failed>('POST', PATH, body);
const look = (person: TestPerson, token: unknown) =>
  person.request<LinkPreview & Failed>('POST', `${PATH}/look`, { token });
const revoke = (person: TestPerson, id: unknown) => person.request<Failed>('POST', `${PATH}/revoke`, { id });
const list = (person: TestPerson) =>
  person.get<{ links: OpenLink[] } & Failed>(`${PATH}?stream=${encodeURIComponent(group)}`);
const refusal = ({ status, answer }: { status: number; answer: Failed }) =>
  [status, answer.error.code, answer.error.path].filter((part) => part !== undefined).join(' ');

it('[GL1] [SEC-10] only an admin of the group makes, lists and revokes its links; to strangers the group does not exist', async () => {
  expect(refusal(await make(bob, { stream: group, days: 1 }))).toBe('403 forbidden');
  expect(refusal(await make(eve, { stream: group, days: 1 }))).toBe('404 not_found stream');
  expect(refusal(await make(eve, { stream: groupStream(nextId()), days: 1 }))).toBe('404 not_found stream');
  const direct = directStream(ann.userId, bob.userId);
  await push(ann, { kind: 'conversation.create', stream: direct, memberIds: [bob.userId] });
  expect(refusal(await make(ann, { stream: direct, days: 1 }))).toBe('403 forbidden');
  const { status, answer } = await make(ann, { stream: group, days: 1, maxUses: 3 });
  expect([status, answer.uses, answer.maxUses]).toEqual([200, 0, 3]);
  expect(answer.token).toMatch(/^[\w-]{24}$/);
  const { token, ...open } = answer;
  expect((await list(ann)).answer).toEqual({ links: [open] });
  expect(JSON.stringify((await list(ann)).answer)).not.toContain(token);
  expect(refusal(await list(bob))).toBe('403 forbidden');
  expect(refusal(await list(eve))).toBe('404 not_found stream');
  expect(refusal(await revoke(bob, answer.id))).toBe('403 forbidden');
  expect(refusal(await revoke(eve, answer.id))).toBe('404 not_found id');
  expect(refusal(await revoke(eve, 'nothing'))).toBe('404 not_found id');
  expect((await revoke(ann, answer.id)).status).toBe(200);
  expect((await list(ann)).answer).toEqual({ links: [] });
});

it('[GL2] [GL3] a person with a link sees the group behind it, joins it, and is told that they are a member', async () => {
  const { token } = (await make(ann, { stream: group, days: 1, maxUses: 1 })).answer;
  expect((await look(eve, token)).answer).toEqual({
    stream: group,
    title: 'Harbour',
    memberCount: 2,
    isMember: false,
  });
  expect(await push(eve, { kind: 'member.join', token })).toMatchObject({ ok: true, seq: 1 });
  expect((await look(eve, token)).answer).toMatchObject({ memberCount: 3, isMember: true });
  const fay = await server.signUp('Fay');
  expect((await look(fay, token)).answer).toEqual({ obstacle: 'used-up' });
  const next = (await make(ann, { stream: group, days: 1 })).answer;
  await push(ann, { kind: 'member.remove', userId: eve.userId });
  expect((await look(eve, next.token)).answer).toEqual({ obstacle: 'removed' });
  await revoke(ann, next.id);
  expect((await look(fay, next.token)).answer).toEqual({ obstacle: 'revoked' });
  expect(refusal(await look(fay, 'x'.repeat(24)))).toBe('404 not_found token');
});

it('[GL1] a wrong request is refused with the path of its field', async () => {
  for (const [body, path] of [
    [{ stream: group }, 'days'],
    [{ stream: group, days: 0 }, 'days'],
    [{ stream: group, days: 366 }, 'days'],
    [{ stream: group, days: 1, maxUses: 1_001 }, 'maxUses'],
    [{ stream: group, days: 1, uses: 1 }, 'uses'],
    [{ stream: `u:${ann.userId}`, days: 1 }, 'stream'],
  ] as const)
    expect(refusal(await make(ann, body))).toBe(`400 invalid ${path}`);
  expect(refusal(await look(ann, '../x'))).toBe('400 invalid token');
  expect(refusal(await revoke(ann, { $ne: '' }))).toBe('400 invalid id');
  expect((await fetch(`${server.origin}${PATH}/look`, { method: 'POST' })).status).toBe(401);
});

it('[GL2] somebody who guesses is stopped', async () => {
  const gus = await server.signUp('Gus');
  const answers = await Promise.all(Array.from({ length: 61 }, () => look(gus, 'y'.repeat(24))));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
});
