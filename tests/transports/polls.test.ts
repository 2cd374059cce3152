import { describe, expect, it, vi } from 'vitest';
import type { Poll } from '#protocol/record.ts';
import { newGroup, nextId, op } from '#server/streams/testing/op.fixture.ts';
import { type Client, fourPeople, serverForFile, transports } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, pushEach } from './pushes.fixture.ts';
import { history, messageOf, page, recordsOf } from './reads.fixture.ts';

const server = serverForFile();
const options = ['Tea', 'Coffee', 'Water'];

describe.concurrent.each(transports)('polls over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  let dan: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve, dan] = people));

  it('[PO1] a message asks a question with two to twelve different options, and has no files', async () => {
    const group = await groupOf(ann);
    const ask = (poll: object, text = 'Drink?') => op.send(group, text, { poll });
    const given = ask({ options: [' Tea  ', 'Coffee'], isMultiple: true });
    await pushEach(
      [ann, given],
      [ann, ask({ options: ['Tea'] }), 'invalid poll.options'],
      [ann, ask({ options: Array.from({ length: 13 }, (_, at) => `${at}`) }), 'too_large poll.options'],
      [ann, ask({ options: ['Tea', ' '] }), 'invalid poll.options.1'],
      [ann, ask({ options: ['Tea', 'x'.repeat(101)] }), 'too_large poll.options.1'],
      [ann, ask({ options: ['Tea', 'Tea '] }), 'invalid poll.options'],
      [ann, ask({ options, votes: {} }), 'invalid poll.votes'],
      [ann, ask({ options }, ' '), 'invalid text'],
      [ann, ask({ options }, 'x'.repeat(301)), 'too_large text'],
      [ann, op.send(group, 'x', { poll: { options }, attachments: [{ mediaId: 'm' }] }), 'invalid attachments'],
      [ann, { ...op.forward(group, group, given.id), poll: { options } }, 'invalid poll'],
    );
    const [message, ...others] = await history(ann, group);
    expect(message).toMatchObject({
      text: 'Drink?',
      poll: { options: ['Tea', 'Coffee'], isMultiple: true, votes: {} },
    });
    expect(others).toEqual([]);
  });

  it('[PO2] members vote, change their vote and take it back; nobody else votes, and for nothing else', async () => {
    const group = await groupOf(ann, bob);
    const poll = op.send(group, 'Drink?', { poll: { options } });
    const several = op.send(group, 'Drinks?', { poll: { options, isMultiple: true } });
    const plain = op.send(group, 'no poll');
    await pushEach(
      [ann, poll],
      [ann, several],
      [ann, plain],
      [ann, op.vote(group, poll.id, 0)],
      [bob, op.vote(group, poll.id, 1)],
      [bob, op.vote(group, poll.id, 2)],
      [ann, op.vote(group, poll.id)],
      [bob, op.vote(group, poll.id, 0, 1), 'invalid options'],
      [bob, op.vote(group, poll.id, 3), 'invalid options.0'],
      [bob, op.vote(group, several.id, 2, 0, 2)],
      [bob, op.vote(group, plain.id, 0), 'not_found messageId'],
      [bob, op.vote(group, nextId(), 0), 'not_found messageId'],
      [eve, op.vote(group, poll.id, 0), 'not_found stream'],
    );
    const { rev } = await accepted(bob, op.vote(group, several.id, 0, 2));
    expect((await messageOf(ann, group, poll.id)).poll?.votes).toEqual({ [bob.userId]: [2] });
    const { poll: held, rev: unchanged } = await messageOf(ann, group, several.id);
    expect([held?.votes, unchanged]).toEqual([{ [bob.userId]: [0, 2] }, rev]);
  });

  it('[PO3] [PO5] [RA1] for an anonymous poll everybody gets the counts and their own vote, live and by every verb, and never the voters', async () => {
    const group = await groupOf(ann, bob, eve);
    const poll = op.send(group, 'Honestly?', { poll: { options, isAnonymous: true, isMultiple: true } });
    await accepted(ann, poll);
    await pushEach([ann, op.vote(group, poll.id, 0, 1)], [bob, op.vote(group, poll.id, 1)]);
    const result = { counts: [1, 2, 0], voters: 2 };
    const seenBy = async (client: Client) => (await messageOf(client, group, poll.id)).poll;
    expect(await seenBy(ann)).toMatchObject({ ...result, votes: { [ann.userId]: [0, 1] } });
    expect(await seenBy(bob)).toMatchObject({ ...result, votes: { [bob.userId]: [1] } });
    expect(await seenBy(eve)).toMatchObject({ ...result, votes: {} });
    const votes = (records: readonly object[]) =>
      records.flatMap((record) => ('poll' in record ? [(record.poll as Poll).votes] : []));
    const found = async () => {
      const path = `/api/search?q=water&stream=${group}`;
      return (await eve.person.get<{ records: object[] }>(path)).answer.records;
    };
    await vi.waitFor(async () => expect(votes(await found())).toEqual([{}]), 60_000);
    const around = await askUntilAvailable(eve, 'history', { stream: group, around: { id: poll.id } });
    for (const records of [await recordsOf(eve, group), (await page(eve, group, 5))?.records ?? [], around.records])
      expect(votes(records)).toEqual([{}]);
    const isLast = (record: object) => 'poll' in record && (record.poll as Poll).voters === 2;
    const live = () => eve.socket.received('changes').flatMap((each) => (each.stream === group ? each.records : []));
    await eve.socket.until('changes', ({ stream, records }) => stream === group && records.some(isLast));
    expect(votes(live()).every((each) => Object.keys(each).length === 0)).toBe(true);
  });

  it('[PO4] its author, an admin or the owner can close a poll, which then accepts no votes; nobody can edit it, and a deletion removes it', async () => {
    const group = await groupOf(ann, bob, eve);
    const poll = op.send(group, 'Drink?', { poll: { options } });
    await pushEach(
      [bob, poll],
      [eve, op.vote(group, poll.id, 1)],
      [eve, op.close(group, poll.id), 'forbidden messageId'],
      [bob, op.edit(group, poll.id, 'Other?'), 'forbidden messageId'],
      [ann, op.close(group, poll.id)],
      [bob, op.close(group, poll.id)],
      [eve, op.vote(group, poll.id, 2), 'conflict poll'],
      [eve, op.vote(group, poll.id), 'conflict poll'],
    );
    expect((await messageOf(ann, group, poll.id)).poll).toMatchObject({
      votes: { [eve.userId]: [1] },
      closedAt: expect.any(String) as string,
    });
    await pushEach([bob, op.delete(group, poll.id)], [eve, op.vote(group, poll.id, 0), 'conflict messageId']);
    expect(await messageOf(ann, group, poll.id)).not.toHaveProperty('poll');
  });

  it('[PO5] a forward asks the same question anew, with nobody’s votes', async () => {
    const [group, other] = [await groupOf(ann, bob), await groupOf(bob, dan)];
    const poll = op.send(group, 'Drink?', { poll: { options, isAnonymous: true } });
    const copy = op.forward(other, group, poll.id);
    await pushEach([ann, poll], [ann, op.vote(group, poll.id, 1)], [ann, op.close(group, poll.id)], [bob, copy]);
    const { poll: asked, text } = await messageOf(dan, other, copy.id);
    expect(text).toBe('Drink?');
    expect(asked).toEqual({ options, isAnonymous: true, votes: {}, counts: [0, 0, 0], voters: 0 });
    await pushEach([dan, op.vote(other, copy.id, 0)], [ann, op.vote(newGroup(), copy.id, 0), 'not_found stream']);
  });
});
