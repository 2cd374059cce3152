import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConversationId, directStream, groupStream } from '#protocol/ids.ts';
import { OPEN, PRIVACY_PATH, type Privacy } from '#protocol/privacy.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { nextId } from '#server/streams/testing/op.fixture.ts';
import { type TestPerson, type TestServer, type TestSocket, startTestServer } from '#server/testing/server.fixture.ts';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

async function twoInAGroup() {
  const [ann, bob] = await Promise.all([server.signUp('Ann'), server.signUp('Bob')]);
  const group = groupStream(nextId());
  await push(ann, group, { kind: 'conversation.create', memberIds: [bob.userId] });
  return { ann, bob, group };
}
async function push(person: TestPerson, stream: ConversationId, op: object): Promise<void> {
  const { answer } = await person.post('push', { ops: [{ id: nextId(), stream, ...op }] });
  expect(answer.results).toMatchObject([{ ok: true }]);
}
const hide = (person: TestPerson, what: Partial<Privacy>) =>
  person.request<Privacy & { error: { code: string; path?: string } }>('PUT', PRIVACY_PATH, { ...OPEN, ...what });
const send = (person: TestPerson, group: ConversationId) =>
  push(person, group, { kind: 'message.send', text: 'x', sentAt: new Date().toISOString() });
const marksOf = (userId: string) => (records: readonly object[]) =>
  (records as MemberRecord[]).find((record) => record.type === 'member' && record.userId === userId);

/** The marks of a person that somebody gets, live and by a pull, once `seq` was marked as delivered. */
async function marks(
  to: { socket: TestSocket; person: TestPerson },
  of: TestPerson,
  group: ConversationId,
  seq: number,
) {
  const isMark = (records: readonly object[]) => (marksOf(of.userId)(records)?.deliveredSeq ?? 0) >= seq;
  const { records } = await to.socket.until('changes', (change) => change.stream === group && isMark(change.records));
  const { answer } = await to.person.post('pull', { cursors: {}, only: [group] });
  const pulled = marksOf(of.userId)(answer.streams[0]?.records ?? []);
  return [marksOf(of.userId)(records), pulled].map((mark) => [mark?.readSeq, mark?.deliveredSeq]);
}

it('[PV1] everything is shown until somebody hides it; an invalid choice is refused with its path', async () => {
  const ann = await server.signUp('Ann');
  expect((await ann.get<Privacy>(PRIVACY_PATH)).answer).toEqual(OPEN);
  expect((await hide(ann, { typing: false })).answer).toEqual({ ...OPEN, typing: false });
  expect((await ann.get<Privacy>(PRIVACY_PATH)).answer).toEqual({ ...OPEN, typing: false });
  const wrong = await ann.request<{ error: object }>('PUT', PRIVACY_PATH, { ...OPEN, typing: 'no' });
  expect([wrong.status, wrong.answer.error]).toMatchObject([400, { code: 'invalid', path: 'typing' }]);
  const missing = await ann.request<{ error: object }>('PUT', PRIVACY_PATH, { typing: true });
  expect([missing.status, missing.answer.error]).toMatchObject([400, { code: 'invalid' }]);
  expect((await ann.get<Privacy>(PRIVACY_PATH)).answer).toEqual({ ...OPEN, typing: false });
  expect((await fetch(`${server.origin}${PRIVACY_PATH}`)).status).toBe(401);
});

it('[PV2] a person who hides how far they have read shares only delivered marks, and sees nobody’s read marks, live and by pull', async () => {
  const { ann, bob, group } = await twoInAGroup();
  await hide(bob, { readReceipts: false });
  const [anns, bobs] = await Promise.all([ann.connect(), bob.connect()]);
  await send(ann, group);
  await push(bob, group, { kind: 'receipt.mark', readSeq: 1 });
  expect(await marks({ socket: anns, person: ann }, bob, group, 1)).toEqual([
    [0, 1],
    [0, 1],
  ]);
  await send(bob, group);
  await push(ann, group, { kind: 'receipt.mark', readSeq: 2 });
  expect(await marks({ socket: bobs, person: bob }, ann, group, 2)).toEqual([
    [undefined, 2],
    [undefined, 2],
  ]);
  // From the next mark on, everything is shown again.
  await hide(bob, {});
  await send(ann, group);
  await push(bob, group, { kind: 'receipt.mark', readSeq: 3 });
  expect(await marks({ socket: anns, person: ann }, bob, group, 3)).toEqual([
    [3, 3],
    [3, 3],
  ]);
});

it('[PV3] a person who hides that they type, or whether they are online, does not see it of others either', async () => {
  const { ann, bob, group } = await twoInAGroup();
  const [anns, bobs] = await Promise.all([ann.connect(), bob.connect()]);
  anns.socket.emit('watch', { userIds: [bob.userId] });
  bobs.socket.emit('watch', { userIds: [ann.userId] });
  await Promise.all([anns.until('presence', ({ online }) => online), bobs.until('presence', ({ online }) => online)]);
  await hide(bob, { typing: false, lastSeen: false });
  const hidden = [
    await anns.until('presence', ({ online }) => !online),
    await bobs.until('presence', ({ online }) => !online),
  ];
  expect(hidden).toEqual([
    { userId: bob.userId, online: false },
    { userId: ann.userId, online: false },
  ]);
  anns.socket.emit('typing', { stream: group, on: true });
  bobs.socket.emit('typing', { stream: group, on: true });
  await expectNobodyTypes(group, anns, bobs);
  await hide(bob, {});
  const count = (socket: TestSocket) => socket.received('presence').filter(({ online }) => online).length;
  await expect.poll(() => [count(anns), count(bobs)]).toEqual([2, 2]);
  anns.socket.emit('typing', { stream: group, on: true });
  expect(await bobs.until('typing')).toEqual({ stream: group, userId: ann.userId, on: true });
});

it('[BL3] a blocked person and the other one see neither each other’s typing nor presence, as if it were hidden', async () => {
  const { ann, bob, group } = await twoInAGroup();
  const [anns, bobs] = await Promise.all([ann.connect(), bob.connect()]);
  const direct = directStream(ann.userId, bob.userId);
  anns.socket.emit('watch', { userIds: [bob.userId] });
  bobs.socket.emit('watch', { userIds: [ann.userId] });
  await Promise.all([anns.until('presence', ({ online }) => online), bobs.until('presence', ({ online }) => online)]);
  await push(bob, direct, { kind: 'membership.update', blocked: true });
  expect([
    await anns.until('presence', ({ online }) => !online),
    await bobs.until('presence', ({ online }) => !online),
  ]).toEqual([
    { userId: bob.userId, online: false },
    { userId: ann.userId, online: false },
  ]);
  for (const socket of [anns, bobs]) socket.socket.emit('typing', { stream: group, on: true });
  await expectNobodyTypes(group, anns, bobs);
  await push(bob, direct, { kind: 'membership.update', blocked: false });
  const count = (socket: TestSocket) => socket.received('presence').filter(({ online }) => online).length;
  await expect.poll(() => [count(anns), count(bobs)]).toEqual([2, 2]);
});

/** Both have typed. Messages from the same sockets arrive after their earlier typing notices. */
async function expectNobodyTypes(group: string, anns: TestSocket, bobs: TestSocket): Promise<void> {
  for (const socket of [anns, bobs])
    await socket.ask('push', {
      ops: [{ id: nextId(), stream: group, kind: 'message.send', text: 'x', sentAt: new Date().toISOString() }],
    });
  const both = ({ stream, cursor }: { stream: string; cursor: number }) => stream === group && cursor >= 5;
  await Promise.all([anns.until('changes', both), bobs.until('changes', both)]);
  expect([anns.received('typing'), bobs.received('typing')]).toEqual([[], []]);
}
