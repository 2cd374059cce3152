import { beforeAll, describe, expect, it } from 'vitest';
import { directStream, type ConversationId } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { anyText } from '#server/streams/testing/world.fixture.ts';
import { type Client, clientOf, transports, serverForFile } from './clients.fixture.ts';
import { accepted, groupOf, pushEach } from './pushes.fixture.ts';
import { conversationOf, history, membershipOf, page, receivedLive, recordsOf } from './reads.fixture.ts';

const server = serverForFile();

describe.concurrent.each(transports)('blocks over %s', (transport) => {
  let dan: Client;
  beforeAll(async () => void (dan = await clientOf(await server().signUp('Dan'), 'Dan', transport)));

  async function two() {
    const [ann, bob] = await Promise.all(
      ['Ann', 'Bob'].map(async (name) => clientOf(await server().signUp(name), name, transport)),
    );
    if (ann === undefined || bob === undefined) throw new Error('two people');
    return { ann, bob, direct: directStream(ann.userId, bob.userId) };
  }
  const textsOf = async (client: Client, stream: ConversationId) =>
    (await history(client, stream)).map(({ text, withheld }) => (withheld === true ? 'withheld' : text));
  const liveOf = (client: Client, stream: ConversationId) =>
    client.socket
      .received('changes')
      .filter((changes) => changes.stream === stream)
      .flatMap(({ records }) => records as MessageRecord[])
      .filter(({ type }) => type === 'message');
  const peopleIn = async (client: Client, group: ConversationId) =>
    (await recordsOf(client, group)).flatMap((record) => (record.type === 'member' ? [record.name] : [])).toSorted();

  it('[BL1] a person is blocked by a setting of the direct chat, which need not exist, and nobody else learns of it', async () => {
    const { ann, bob, direct } = await two();
    await pushEach(
      [bob, op.settings(direct, { blocked: true })],
      [bob, op.settings(direct, { blocked: true })],
      [bob, op.settings(direct, { blocked: 'yes' }), 'invalid blocked'],
      [bob, op.settings(directStream(bob.userId, bob.userId), { blocked: true }), 'invalid blocked'],
      [bob, op.settings(await groupOf(dan, bob), { blocked: true }), 'invalid blocked'],
      [bob, op.settings(directStream(bob.userId, '0'.repeat(24) as never), { blocked: true }), 'not_found stream'],
      [dan, op.settings(direct, { blocked: true }), 'not_found stream'],
    );
    const blocked = await membershipOf(bob, direct);
    expect(blocked).toMatchObject({ blockedAt: anyText, leftAt: anyText });
    expect(JSON.stringify(await page(ann, ann.own))).toBe(JSON.stringify(undefined));
    await receivedLive(bob, bob.own, 'blockedAt', blocked.blockedAt);
    // The chat that begins later keeps the choice.
    await pushEach([ann, op.create(direct, [bob.userId])], [ann, op.send(direct, 'hello')]);
    const started = await membershipOf(bob, direct);
    expect(started).toMatchObject({ blockedAt: blocked.blockedAt });
    expect(started).not.toHaveProperty('leftAt');
    expect(await textsOf(bob, direct)).toEqual(['withheld']);
    await accepted(bob, op.settings(direct, { blocked: null }));
    expect(await membershipOf(bob, direct)).not.toHaveProperty('blockedAt');
    await accepted(ann, op.send(direct, 'now you hear me'));
    expect(await textsOf(bob, direct)).toEqual(['withheld', 'now you hear me']);
  });

  it('[BL2] a blocked person’s message is accepted and looks sent; the other person gets only an empty message, even later, with no actions', async () => {
    const { ann, bob, direct } = await two();
    const [before, during] = [op.send(direct, 'before'), op.send(direct, 'during')];
    await pushEach(
      [ann, op.create(direct, [bob.userId])],
      [ann, before],
      [bob, op.settings(direct, { blocked: true })],
      [ann, during],
      [ann, op.edit(direct, before.id, 'before, and a threat')],
      [ann, op.react(direct, during.id, '👍')],
      [ann, op.pin(direct, during.id, true)],
      [bob, op.react(direct, during.id, '👍'), 'not_found messageId'],
      [bob, op.send(direct, 'why?', { replyTo: during.id }), 'not_found replyTo'],
      [bob, op.forward(newGroup(), direct, during.id), 'not_found stream'],
      [bob, op.settings(direct, { blocked: false })],
      [ann, op.edit(direct, during.id, 'edited after it')],
      [ann, op.send(direct, 'after')],
      [ann, op.delete(direct, during.id)],
    );
    await receivedLive(bob, direct, 'text', 'after');
    expect(await conversationOf(bob, direct)).toMatchObject({ pins: [] });
    const seen = [...liveOf(bob, direct), ...(await recordsOf(bob, direct)), ...(await history(bob, direct))];
    expect(JSON.stringify(seen)).not.toMatch(/during|threat|edited/);
    expect(await textsOf(bob, direct)).toEqual(['withheld', 'withheld', 'after']);
    expect((await history(bob, direct))[0]).toMatchObject({ deletedAt: anyText, attachments: [], reactions: {} });
    expect(await textsOf(ann, direct)).toEqual(['before, and a threat', '', 'after']);
    expect(JSON.stringify([await recordsOf(ann, direct), liveOf(ann, direct)])).not.toContain('withheld');
  });

  it('[BL3] no marks are shared in a direct chat while one of its people is blocked', async () => {
    const { ann, bob, direct } = await two();
    await pushEach([ann, op.create(direct, [bob.userId])], [bob, op.send(direct, 'from Bob')]);
    await pushEach(
      [bob, op.settings(direct, { blocked: true })],
      [ann, op.send(direct, 'from Ann')],
      [bob, op.mark(direct, { readSeq: 2 })],
      [ann, op.mark(direct, { readSeq: 2 })],
    );
    expect(await membershipOf(bob, direct)).toMatchObject({ readSeq: 2 });
    // A later mark in another chat is shared after these would have been.
    const group = await groupOf(dan, ann, bob);
    await pushEach(
      [dan, op.send(group, 'x')],
      [bob, op.mark(group, { readSeq: 1 })],
      [ann, op.mark(group, { readSeq: 1 })],
    );
    for (const { userId } of [ann, bob])
      await dan.socket.until('changes', ({ stream, records }) => {
        const mark = (records as MemberRecord[]).find((record) => record.userId === userId);
        return stream === group && mark?.readSeq === 1;
      });
    const marks = (await recordsOf(ann, direct)).filter((record): record is MemberRecord => record.type === 'member');
    expect(marks.map(({ readSeq = 0, deliveredSeq = 0 }) => [readSeq, deliveredSeq])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('[BL4] a blocked person cannot add the other one to a group, and is not told; in shared groups their messages arrive', async () => {
    const { ann, bob, direct } = await two();
    const [before, after] = [await groupOf(ann, bob), newGroup()];
    await pushEach(
      [bob, op.settings(direct, { blocked: true })],
      [ann, op.create(after, [bob.userId, dan.userId], { title: 'Come' })],
      [ann, op.add(after, bob.userId)],
      [ann, op.remove(before, bob.userId)],
      [ann, op.add(before, bob.userId, dan.userId)],
      [dan, op.send(before, 'from Dan')],
    );
    expect(await peopleIn(ann, after)).toEqual(['Ann', 'Dan']);
    expect(await page(bob, after)).toMatchObject({ reset: true, records: [] });
    expect((await membershipOf(bob, before)).leftAt).toBeDefined();
    const shared = await groupOf(dan, ann, bob);
    await accepted(ann, op.send(shared, 'to all'));
    expect(await textsOf(bob, shared)).toEqual(['to all']);
  });
});
