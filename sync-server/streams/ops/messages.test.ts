import { describe, expect, it } from 'vitest';
import { type ConversationId, type OpId, type UserId, directStream } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { SENT_AT, nextId, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import {
  type World,
  createWorld,
  withDirect,
  withGroup,
  anyText,
  anyNumber,
} from '#server/streams/testing/world.fixture.ts';

async function sent(
  world: World,
  user: UserId,
  stream: ConversationId,
  text = 'hello',
  more: object = {},
): Promise<OpId> {
  return (await world.ok(user, op.send(stream, text, more))).id as OpId;
}

async function message(
  world: World,
  user: UserId,
  stream: ConversationId,
  id: OpId,
): Promise<MessageRecord | undefined> {
  return (await world.history(user, stream, { limit: 1000 })).records.find((record) => record.id === id);
}

describe('message.send', () => {
  it('[OP1] [RC1] the op becomes the message; the server sets its seq, sender and time', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    const given = op.send(direct, 'hello  \0 🎈', { sentAt: '1999-01-01T00:00:00.000Z' });
    await world.ok(ann, given);
    expect(await message(world, bob, direct, given.id)).toEqual({
      type: 'message',
      id: given.id,
      stream: direct,
      rev: 4,
      seq: 1,
      senderId: ann,
      sentAt: '1999-01-01T00:00:00.000Z',
      createdAt: expect.stringMatching(/^2026-11-24T12:00:0/) as unknown,
      text: 'hello  \0 🎈',
      attachments: [],
      mentions: [],
      reactions: {},
    });
    for (const forged of ['senderId', 'seq', 'rev', 'createdAt', 'reactions', 'event'])
      expect(await world.refusal(ann, op.send(direct, 'x', { [forged]: 1 }))).toBe(`invalid ${forged}`);
    expect(await world.refusal(ann, op.send(direct, ''))).toBe('invalid text');
    expect(await world.refusal(ann, op.send(direct, 'x'.repeat(8_001)))).toBe('too_large text');
    expect(await world.refusal(eve, op.send(direct, 'let me in'))).toBe('not_found stream');
    await world.streams.close();
  });

  it('[OP2] may reply to messages of the same stream and mention members; a file that nobody uploaded is refused', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const first = await sent(world, ann, group);
    const reply = await sent(world, bob, group, 'yes', { replyTo: first, mentions: [ann, ann, bob] });
    expect(await message(world, ann, group, reply)).toMatchObject({ replyTo: first, mentions: [ann, bob] });
    expect(await world.refusal(bob, op.send(group, 'x', { replyTo: nextId() }))).toBe('not_found replyTo');
    expect(await world.refusal(bob, op.send(group, 'x', { mentions: [ann, eve] }))).toBe('not_found mentions.1');
    expect(await world.refusal(bob, op.send(group, 'x', { mentions: Array(51).fill(ann) }))).toBe('too_large mentions');
    expect(await world.refusal(bob, op.send(group, 'x', { attachments: [{ mediaId: 'm1' }] }))).toBe(
      'not_found attachments.0.mediaId',
    );
    await world.streams.close();
  });

  it('[OP3] [OP6] [OP7] forwards what the sender may read, and names the original author', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const [direct, toEve] = [await withDirect(world), directStream(bob, eve)];
    await world.ok(bob, op.create(toEve, []));
    const original = await sent(world, ann, direct, 'pass it on');
    const once = (await world.ok(bob, op.forward(group, direct, original))).id as OpId;
    expect(await message(world, ann, group, once)).toMatchObject({
      text: 'pass it on',
      senderId: bob,
      forwardedFrom: { senderName: 'ANN' },
    });
    const twice = (await world.ok(bob, op.forward(toEve, group, once))).id as OpId;
    expect(await message(world, eve, toEve, twice)).toMatchObject({
      text: 'pass it on',
      forwardedFrom: { senderName: 'ANN' },
    });
    expect(await world.refusal(eve, op.forward(toEve, direct, original))).toBe('not_found forward.stream');
    expect(await world.refusal(bob, op.forward(toEve, group, original))).toBe('not_found forward.messageId');
    expect(await world.refusal(bob, { ...op.forward(toEve, group, once), text: 'mine' })).toBe('invalid text');
    await world.ok(ann, op.add(group, dan));
    const event = (await world.history(bob, group)).records.find(
      (record) => record.event !== undefined,
    ) as MessageRecord;
    expect(await world.refusal(bob, op.forward(toEve, group, event.id))).toBe('forbidden forward.messageId');
    await world.ok(ann, op.delete(direct, original));
    expect(await world.refusal(bob, op.forward(toEve, direct, original))).toBe('conflict forward.messageId');
    await world.streams.close();
  });
});

describe('changes of a message', () => {
  it('[OP4] an edit replaces the mentions of the message: members, or people who were mentioned before', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob, dan);
    const id = await sent(world, bob, group, 'ask @Dan', { mentions: [dan] });
    const mentioned = async () => (await message(world, ann, group, id))?.mentions;
    const edit = (text: string, mentions?: string[]) => ({
      ...op.edit(group, id, text),
      ...(mentions && { mentions }),
    });
    await world.ok(bob, edit('please ask @Dan'));
    expect(await mentioned()).toEqual([dan]);
    await world.ok(bob, edit('ask @Ann', [ann, ann]));
    expect(await mentioned()).toEqual([ann]);
    await world.ok(ann, op.remove(group, dan));
    expect(await world.refusal(bob, edit('ask @Ann, @Dan', [ann, dan]))).toBe('not_found mentions.1');
    expect(await world.refusal(bob, edit('x', Array<string>(51).fill(ann)))).toBe('too_large mentions');
    // The text is the same; only the people whom it mentions have changed.
    await world.ok(bob, edit('ask @Ann', []));
    expect(await mentioned()).toEqual([]);
    await world.streams.close();
  });

  it('[OP4] [ST1] is edited by its sender only; it keeps its seq and gets a new rev', async () => {
    const store = createMemoryEntryStore();
    const world = await createWorld({ store });
    const group = await withGroup(world, bob);
    const id = await sent(world, bob, group, 'a secret typo');
    await sent(world, ann, group);
    expect(await world.ok(bob, op.edit(group, id, 'mended'))).toMatchObject({ seq: 1 });
    expect(await message(world, ann, group, id)).toMatchObject({
      seq: 1,
      text: 'mended',
      editedAt: anyText,
    });
    expect((await world.seen(ann, group)).filter((record) => record.id === id)).toHaveLength(1);
    expect(JSON.stringify(store.dump())).not.toContain('a secret typo');
    expect(await world.refusal(ann, op.edit(group, id, 'not mine'))).toBe('forbidden messageId');
    expect(await world.refusal(bob, op.edit(group, id, ''))).toBe('invalid text');
    expect(await world.refusal(eve, op.edit(group, id, 'x'))).toBe('not_found stream');
    await world.streams.close();
  });

  it('[OP5] [RC2] is deleted by its sender, an admin or the owner; it keeps its seq, and its content is gone from storage', async () => {
    const store = createMemoryEntryStore();
    const world = await createWorld({ store });
    const group = await withGroup(world, bob, eve);
    const first = await sent(world, ann, group, 'first');
    const id = await sent(world, bob, group, 'the secret', { replyTo: first, mentions: [ann] });
    await world.ok(ann, op.pin(group, id));
    await world.ok(eve, op.react(group, id, '👍'));
    expect(await world.refusal(eve, op.delete(group, id))).toBe('forbidden messageId');
    await world.ok(ann, op.delete(group, id));
    await world.ok(bob, op.delete(group, id));
    const gone = await message(world, bob, group, id);
    expect(gone).toEqual({
      type: 'message',
      id,
      stream: group,
      rev: anyNumber,
      seq: 2,
      senderId: bob,
      sentAt: SENT_AT,
      createdAt: anyText,
      deletedAt: anyText,
      text: '',
      attachments: [],
      mentions: [],
      reactions: {},
    });
    expect((await world.seen(bob, group)).find(({ type }) => type === 'conversation')).toMatchObject({ pins: [] });
    expect(JSON.stringify(store.dump())).not.toContain('the secret');
    await world.streams.close();
  });

  it('[OP6] refuses an edit, a reaction and a pin of a deleted message', async () => {
    const world = await createWorld();
    const group = await withGroup(world);
    const id = await sent(world, ann, group);
    await world.ok(ann, op.delete(group, id));
    for (const given of [op.edit(group, id, 'x'), op.react(group, id, '👍'), op.pin(group, id)])
      expect(await world.refusal(ann, given)).toBe('conflict messageId');
    await world.streams.close();
  });

  it('[OP7] refuses every change of a system message', async () => {
    const world = await createWorld();
    const group = await withGroup(world);
    await world.ok(ann, op.add(group, bob));
    const [event] = (await world.history(ann, group)).records as [MessageRecord];
    expect(event).toMatchObject({
      seq: 1,
      senderId: ann,
      text: '',
      event: { kind: 'member.add', by: ann, userIds: [bob] },
    });
    for (const given of [
      op.edit(group, event.id, 'x'),
      op.delete(group, event.id),
      op.react(group, event.id, '👍'),
      op.pin(group, event.id),
    ])
      expect(await world.refusal(ann, given)).toBe('forbidden messageId');
    await world.streams.close();
  });

  it('[OP8] any member may pin it and react to it, within the limits', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const ids: OpId[] = [];
    for (let n = 0; n < 51; n++) ids.push(await sent(world, ann, group, `${n}`));
    for (const id of ids.slice(0, 50)) await world.ok(bob, op.pin(group, id));
    expect(await world.refusal(bob, op.pin(group, ids[50] as OpId))).toBe('too_large messageId');
    await world.ok(ann, op.pin(group, ids[0] as OpId, false));
    await world.ok(bob, op.pin(group, ids[50] as OpId));
    const id = ids[0] as OpId;
    const emojis = Array.from({ length: 21 }, (_, at) => String.fromCodePoint(0x1f600 + at));
    for (const emoji of emojis.slice(0, 20)) await world.ok(bob, op.react(group, id, emoji));
    expect(await world.refusal(bob, op.react(group, id, emojis[20] as string))).toBe('too_large emoji');
    await world.ok(ann, op.react(group, id, emojis[0] as string));
    await world.ok(bob, op.react(group, id, emojis[0] as string, false));
    await world.ok(bob, op.react(group, id, emojis[1] as string, false));
    const { reactions } = (await message(world, ann, group, id)) as MessageRecord;
    expect(reactions[emojis[0] as string]).toEqual([ann]);
    expect(Object.keys(reactions)).toHaveLength(19);
    for (const emoji of ['', 'a', '👍👍', '__proto__', 'x'.repeat(33)])
      expect((await world.refusal(ann, op.react(group, id, emoji))).split(' ')[1]).toBe('emoji');
    await world.streams.close();
  });

  it('[OP8] holds at most a thousand reactions', async () => {
    const world = await createWorld();
    const crowd = Array.from({ length: 50 }, (_, at) => `crowd${at}` as UserId);
    for (const user of crowd) world.names.set(user, user);
    const group = await withGroup(world, ...crowd);
    const id = await sent(world, ann, group, 'well?');
    const emojis = Array.from({ length: 20 }, (_, at) => String.fromCodePoint(0x1f600 + at));
    const [smile = ''] = emojis;
    for (const user of crowd) {
      const results = await world.push(user, ...emojis.map((emoji) => op.react(group, id, emoji)));
      expect(results.every(({ ok }) => ok)).toBe(true);
    }
    expect(await world.refusal(ann, op.react(group, id, smile))).toBe('too_large emoji');
    await world.ok(crowd[0] as UserId, op.react(group, id, smile, false));
    await world.ok(ann, op.react(group, id, smile));
    const { reactions } = (await message(world, ann, group, id)) as MessageRecord;
    expect(Object.values(reactions).flat()).toHaveLength(1_000);
    await world.streams.close();
  });
});
