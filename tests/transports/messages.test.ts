import { describe, expect, it } from 'vitest';
import { directStream } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { nextId, op } from '#server/streams/testing/op.fixture.ts';
import { anyNumber, anyText } from '#server/streams/testing/world.fixture.ts';
import { type Client, fourPeople, transports, serverForFile } from './clients.fixture.ts';
import { accepted, groupOf, pushEach } from './pushes.fixture.ts';
import { conversationOf, history, messageOf, receivedLive, recordsOf } from './reads.fixture.ts';

const SENT_AT = '1999-01-01T00:00:00.000Z';

const server = serverForFile();

describe.concurrent.each(transports)('messages over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve] = people));

  it('[OP1] [RC1] message.send makes a message with the op’s id; the server sets place, sender and time', async () => {
    const group = await groupOf(ann, bob);
    const given = op.send(group, 'hello', { sentAt: SENT_AT });
    const forged = ['senderId', 'seq', 'rev', 'createdAt', 'reactions', 'event', 'role'];
    await pushEach(
      [bob, given],
      ...forged.map((field) => [bob, op.send(group, 'x', { [field]: 1 }), `invalid ${field}`] as const),
      [bob, op.send(group, 'x', { attachments: [{ mediaId: 'm', url: 'x' }] }), 'invalid attachments.0.url'],
      [bob, op.send(group, ''), 'invalid text'],
      [eve, op.send(group, 'let me in'), 'not_found stream'],
    );
    const [message, ...others] = await history(ann, group);
    expect(others).toEqual([]);
    expect(message).toEqual({
      type: 'message',
      id: given.id,
      stream: group,
      rev: 4,
      seq: 1,
      senderId: bob.userId,
      sentAt: SENT_AT,
      createdAt: anyText,
      text: 'hello',
      attachments: [],
      mentions: [],
      reactions: {},
    });
    expect(message?.createdAt).not.toBe(SENT_AT);
  });

  it('[OP2] message.send takes replies in the same stream, mentions of members, and files that the sender uploaded', async () => {
    const group = await groupOf(ann, bob);
    const first = op.send(group, 'first');
    const reply = op.send(group, 'yes', { replyTo: first.id, mentions: [ann.userId, ann.userId, bob.userId] });
    await pushEach(
      [ann, first],
      [bob, reply],
      [bob, op.send(group, 'x', { replyTo: nextId() }), 'not_found replyTo'],
      [bob, op.send(group, 'x', { mentions: [ann.userId, eve.userId] }), 'not_found mentions.1'],
      [bob, op.send(group, 'x', { attachments: [{ mediaId: 'm1' }] }), 'not_found attachments.0.mediaId'],
    );
    expect(await messageOf(ann, group, reply.id)).toMatchObject({
      replyTo: first.id,
      mentions: [ann.userId, bob.userId],
    });
  });

  it('[OP3] message.send with `forward` copies what the sender may read, and names the first author', async () => {
    const [group, direct, toEve] = [
      await groupOf(ann, bob),
      directStream(ann.userId, bob.userId),
      directStream(bob.userId, eve.userId),
    ];
    const original = op.send(direct, 'pass it on');
    const once = op.forward(group, direct, original.id);
    const twice = op.forward(toEve, group, once.id);
    await pushEach(
      [ann, op.create(direct, [])],
      [ann, original],
      [bob, op.create(toEve, [])],
      [bob, once],
      [bob, twice],
      [bob, { ...op.forward(toEve, group, once.id), text: 'mine' }, 'invalid text'],
      [eve, op.forward(toEve, direct, original.id), 'not_found forward.stream'],
      [bob, op.forward(toEve, group, original.id), 'not_found forward.messageId'],
    );
    expect(await messageOf(ann, group, once.id)).toMatchObject({
      text: 'pass it on',
      senderId: bob.userId,
      forwardedFrom: { senderName: 'Ann' },
    });
    expect(await messageOf(eve, toEve, twice.id)).toMatchObject({
      text: 'pass it on',
      forwardedFrom: { senderName: 'Ann' },
    });
  });

  it('[OP4] [ST1] message.edit is for the sender; the message keeps its seq, moves up in the feed, and appears once', async () => {
    const group = await groupOf(ann, bob);
    const [typo, later] = [op.send(group, 'a tpyo'), op.send(group, 'later')];
    const edit = op.edit(group, typo.id, 'a typo');
    const results = await pushEach(
      [bob, typo],
      [ann, later],
      [bob, edit],
      [ann, op.edit(group, typo.id, 'not mine'), 'forbidden messageId'],
      [bob, op.edit(group, typo.id, ''), 'invalid text'],
      [eve, op.edit(group, typo.id, 'x'), 'not_found stream'],
    );
    expect(results[2]).toMatchObject({ seq: 1, rev: 6 });
    expect((await recordsOf(ann, group)).filter(({ type }) => type === 'message')).toMatchObject([
      { id: later.id, rev: 5 },
      { id: typo.id, rev: 6, seq: 1, text: 'a typo', editedAt: anyText },
    ]);
  });

  it('[OP19] an edit of a text that another edit has replaced is a conflict, and changes nothing; without a base, the last one wins', async () => {
    const group = await groupOf(ann, bob);
    const sent = op.send(group, 'at eight');
    const nine = op.edit(group, sent.id, 'at nine', { base: sent.id });
    const lost = op.edit(group, sent.id, 'at ten', { base: sent.id });
    await pushEach(
      [bob, sent],
      [bob, nine],
      [ann, op.react(group, sent.id, '👍')],
      [bob, lost, 'conflict base'],
      // What was stored is answered like the first time, whatever the message has become. [AP3]
      [bob, { ...nine, retry: true }],
      [bob, op.edit(group, sent.id, 'at nine', { base: sent.id })],
      [bob, op.edit(group, sent.id, 'x', { base: 'nine' }), 'invalid base'],
      [bob, op.edit(group, sent.id, 'x', { base: lost.id }), 'conflict base'],
    );
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: 'at nine', editId: nine.id });
    const ten = op.edit(group, sent.id, 'at ten', { base: nine.id });
    await pushEach([bob, ten]);
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: 'at ten', editId: ten.id });
    await receivedLive(ann, group, 'editId', ten.id);
    const last = op.edit(group, sent.id, 'at eleven');
    await pushEach([bob, last], [bob, op.edit(group, sent.id, 'x', { base: ten.id }), 'conflict base']);
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: 'at eleven', editId: last.id });
    await pushEach(
      [bob, op.delete(group, sent.id)],
      [bob, op.edit(group, sent.id, 'x', { base: last.id }), 'conflict messageId'],
    );
    expect(await messageOf(ann, group, sent.id)).not.toHaveProperty('editId');
  });

  it('[OP5] [OP6] [RC2] message.delete is for its sender, admins and the owner; only the message’s place remains', async () => {
    const group = await groupOf(ann, bob, eve);
    const [first, secret, own] = [op.send(group, 'first'), op.send(group, 'secret'), op.send(group, 'own')];
    const reply = { ...secret, replyTo: first.id, mentions: [ann.userId] };
    await pushEach(
      [ann, first],
      [bob, reply],
      [bob, own],
      [ann, op.pin(group, secret.id)],
      [eve, op.react(group, secret.id, '👍')],
      [eve, op.delete(group, secret.id), 'forbidden messageId'],
      [ann, op.role(group, eve.userId, 'admin')],
      [eve, op.delete(group, secret.id)],
      [bob, op.delete(group, secret.id)],
      [bob, op.delete(group, own.id)],
      [bob, op.delete(group, first.id), 'forbidden messageId'],
      [bob, op.edit(group, secret.id, 'x'), 'conflict messageId'],
      [ann, op.react(group, secret.id, '👍'), 'conflict messageId'],
      [ann, op.pin(group, secret.id), 'conflict messageId'],
      [ann, op.forward(group, group, secret.id), 'conflict forward.messageId'],
    );
    expect(await messageOf(bob, group, secret.id)).toEqual({
      type: 'message',
      id: secret.id,
      stream: group,
      rev: anyNumber,
      seq: 2,
      senderId: bob.userId,
      sentAt: secret.sentAt,
      createdAt: anyText,
      deletedAt: anyText,
      text: '',
      attachments: [],
      mentions: [],
      reactions: {},
    });
    expect(await conversationOf(bob, group)).toMatchObject({ pins: [] });
    expect(JSON.stringify([await recordsOf(ann, group), await history(ann, group)])).not.toContain('secret');
  });

  it('[OP7] a system message cannot be changed', async () => {
    const group = await groupOf(ann);
    await accepted(ann, op.add(group, bob.userId));
    const [event] = (await history(ann, group)) as [MessageRecord];
    expect(event).toMatchObject({ text: '', event: { kind: 'member.add', by: ann.userId, userIds: [bob.userId] } });
    const { id } = event;
    const changes = [op.edit(group, id, 'x'), op.delete(group, id), op.pin(group, id), op.react(group, id, '👍')];
    await pushEach(...changes.map((change) => [ann, change, 'forbidden messageId'] as const), [
      ann,
      op.forward(group, group, id),
      'forbidden forward.messageId',
    ]);
    expect(await history(ann, group)).toEqual([event]);
  });

  it('[SH8] [SH9] shows something, and so does the name of its group', async () => {
    const group = await groupOf(ann);
    const sent = op.send(group, '\u2063 visible');
    await pushEach(
      [ann, sent],
      ...['\u2063', '\u2800', '\u3164', '\u00ad', ' \n'].flatMap((unseen) => [
        [ann, op.send(group, unseen), 'invalid text'] as const,
        [ann, op.edit(group, sent.id, unseen), 'invalid text'] as const,
        [ann, op.update(group, { title: unseen }), 'invalid title'] as const,
      ]),
      [ann, op.update(group, { title: ' Harbour\u200b  crew ' })],
    );
    expect(await messageOf(ann, group, sent.id)).toMatchObject({ text: '\u2063 visible' });
    expect(await conversationOf(ann, group)).toMatchObject({ title: 'Harbour crew' });
  });

  it('[SH10] has each emoji once, in whatever form people send it', async () => {
    const group = await groupOf(ann, bob);
    const sent = op.send(group, 'sun');
    const reactions = async () => (await messageOf(ann, group, sent.id)).reactions;
    await pushEach(
      [ann, sent],
      [ann, op.react(group, sent.id, '☀\uFE0F')],
      [bob, op.react(group, sent.id, '☀')],
      [bob, op.react(group, sent.id, '👍🏽')],
      [ann, op.react(group, sent.id, '👍')],
    );
    expect(await reactions()).toEqual({
      '☀\uFE0F': [ann.userId, bob.userId],
      '👍🏽': [bob.userId],
      '👍': [ann.userId],
    });
    await pushEach([ann, op.react(group, sent.id, '☀\uFE0E', false)]);
    expect(await reactions()).toMatchObject({ '☀\uFE0F': [bob.userId] });
  });

  it('[OP8] message.pin and reaction.set are for any member, within their limits', async () => {
    const group = await groupOf(ann, bob);
    const sent = Array.from({ length: 51 }, (_, at) => op.send(group, `${at}`));
    const ids = sent.map(({ id }) => id);
    const [id, last] = [ids[0], ids[50]] as [(typeof ids)[0], (typeof ids)[0]];
    const emojis = Array.from({ length: 21 }, (_, at) => String.fromCodePoint(0x1f600 + at));
    const [smile = '', grin = '', over = ''] = [emojis[0], emojis[1], emojis[20]];
    await pushEach(
      ...sent.map((given) => [ann, given] as const),
      ...ids.slice(0, 50).map((each) => [bob, op.pin(group, each)] as const),
      [bob, op.pin(group, last), 'too_large messageId'],
      ...emojis.slice(0, 20).map((emoji) => [bob, op.react(group, id, emoji)] as const),
      [bob, op.react(group, id, over), 'too_large emoji'],
      [bob, op.react(group, id, 'no emoji'), 'invalid emoji'],
      [ann, op.pin(group, id, false)],
      [ann, op.pin(group, last)],
      [ann, op.react(group, id, smile)],
      [bob, op.react(group, id, smile, false)],
      [bob, op.react(group, id, grin, false)],
      [eve, op.react(group, id, smile), 'not_found stream'],
    );
    const { reactions } = await messageOf(ann, group, id);
    expect(Object.keys(reactions)).toHaveLength(19);
    expect(reactions[smile]).toEqual([ann.userId]);
    expect(reactions).not.toHaveProperty([grin]);
    expect(new Set((await conversationOf(bob, group)).pins)).toEqual(new Set(ids.slice(1)));
  });
});
