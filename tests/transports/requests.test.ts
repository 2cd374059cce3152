import { describe, expect, it } from 'vitest';
import { directStream, type ConversationId } from '#protocol/ids.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { type Client, clientOf, transports, serverForFile } from './clients.fixture.ts';
import { accepted, groupOf, pushEach } from './pushes.fixture.ts';
import { history, memberOf, membershipOf, receivedLive } from './reads.fixture.ts';

const server = serverForFile({ REQUESTS: 'on' });

describe.concurrent.each(transports)('requests over %s', (transport) => {
  async function people(...names: string[]) {
    return Promise.all(names.map(async (name) => clientOf(await server().signUp(name), name, transport)));
  }
  async function two() {
    const [ann, bob] = (await people('Ann', 'Bob')) as [Client, Client];
    return { ann, bob, direct: directStream(ann.userId, bob.userId) };
  }
  const accept = (stream: ConversationId) => op.settings(stream, { request: false });
  const isRequest = async (client: Client, stream: ConversationId) =>
    (await membershipOf(client, stream)).isRequest === true;

  it('[RQ1] a chat that a stranger starts is a request, which the stranger is not told; a chat with a known person is not a request', async () => {
    const { ann, bob, direct } = await two();
    const [eve] = (await people('Eve')) as [Client];
    const known = await groupOf(eve, ann, bob);
    await pushEach([ann, op.create(direct, [bob.userId])], [ann, op.send(direct, 'hello')]);
    const added = await groupOf(eve);
    await accepted(eve, op.add(added, bob.userId));
    expect(await Promise.all([known, direct, added].map((stream) => isRequest(bob, stream)))).toEqual([
      true,
      true,
      true,
    ]);
    await receivedLive(bob, bob.own, 'isRequest', true);
    await receivedLive(bob, direct, 'text', 'hello');
    expect(await isRequest(ann, direct)).toBe(false);
    expect(JSON.stringify(await memberOf(ann, direct, bob))).not.toContain('isRequest');
    // Ann and Bob are still strangers: a group that is a request makes nobody known.
    await accepted(bob, accept(known));
    const later = await groupOf(ann, bob);
    const byEve = await groupOf(eve, bob);
    expect([await isRequest(bob, later), await isRequest(bob, byEve)]).toEqual([false, false]);
    expect(JSON.stringify(ann.socket.received('changes'))).not.toContain(`${bob.own}/`);
  });

  it('[RQ2] before it is accepted nothing is revealed about the person, and afterwards everything as usual', async () => {
    const { ann, bob, direct } = await two();
    await pushEach([ann, op.create(direct, [bob.userId])], [ann, op.send(direct, 'hello')]);
    await receivedLive(bob, direct, 'text', 'hello');
    ann.socket.socket.emit('watch', { userIds: [bob.userId] });
    bob.socket.socket.emit('typing', { stream: direct, on: true });
    ann.socket.socket.emit('typing', { stream: direct, on: true });
    await accepted(bob, op.mark(direct, { readSeq: 1 }));
    await accepted(ann, op.send(direct, 'are you there?'));
    await receivedLive(bob, direct, 'text', 'are you there?');
    expect(await memberOf(ann, direct, bob)).not.toHaveProperty('deliveredSeq');
    expect([ann, bob].flatMap(({ socket }) => [...socket.received('typing'), ...socket.received('presence')])).toEqual(
      [],
    );
    expect((await history(bob, direct)).map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'hello'],
      [2, 'are you there?'],
    ]);
    await accepted(bob, accept(direct));
    expect(await ann.socket.until('presence')).toMatchObject({ userId: bob.userId, online: true });
    await receivedLive(ann, direct, 'readSeq', 1);
    // The conversation learns of it a moment later.
    const isTyping = () => ann.socket.received('typing').some(({ userId, on }) => userId === bob.userId && on);
    while (!isTyping()) {
      for (const on of [false, true]) bob.socket.socket.emit('typing', { stream: direct, on });
      await accepted(ann, op.mark(direct, { readSeq: 2 }));
    }
  });

  it('[RQ3] the person accepts it, or a message of theirs does, and nobody else can', async () => {
    const { ann, bob, direct } = await two();
    const group = await groupOf(ann, bob);
    const [eve] = (await people('Eve')) as [Client];
    await pushEach(
      [ann, op.create(direct, [bob.userId])],
      [ann, op.send(direct, 'hello')],
      [ann, accept(direct)],
      [ann, accept(group)],
      [ann, op.role(group, bob.userId, 'admin')],
      [eve, accept(direct), 'not_found stream'],
      [bob, op.settings(direct, { request: true }), 'invalid request'],
      [bob, op.settings(direct, { request: 'no' }), 'invalid request'],
    );
    expect([await isRequest(bob, direct), await isRequest(bob, group)]).toEqual([true, true]);
    const answer = op.send(direct, 'who are you?');
    const results = await pushEach([bob, answer], [bob, answer], [bob, accept(direct)]);
    expect(results.slice(0, 2).map((result) => result.ok && result.seq)).toEqual([2, 2]);
    expect([await isRequest(bob, direct), await isRequest(bob, group)]).toEqual([false, true]);
    expect((await history(ann, direct)).map(({ text }) => text)).toEqual(['hello', 'who are you?']);
    await accepted(bob, op.remove(group, bob.userId));
    expect(await isRequest(bob, group)).toBe(false);
    await accepted(ann, op.add(group, bob.userId));
    // By now they know each other.
    expect(await isRequest(bob, group)).toBe(false);
  });

  it('[RQ3] a simultaneous acceptance and messages lose nothing', async () => {
    const { ann, bob, direct } = await two();
    await accepted(ann, op.create(direct, [bob.userId]));
    const texts = Array.from({ length: 20 }, (_, nth) => `text ${nth}`);
    await Promise.all([
      ...texts.map((text) => accepted(ann, op.send(direct, text))),
      accepted(bob, accept(direct)),
      accepted(bob, op.send(direct, 'mine')),
      accepted(bob, op.mark(direct, { readSeq: 3 })),
    ]);
    expect(await isRequest(bob, direct)).toBe(false);
    const all = await history(bob, direct);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at + 1));
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set([...texts, 'mine']));
  });
});
