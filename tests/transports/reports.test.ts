import { beforeAll, describe, expect, it } from 'vitest';
import type { Report, ReportPage } from '#protocol/administration.ts';
import { directStream, type UserId } from '#protocol/ids.ts';
import type { TestPerson } from '#server/testing/server.fixture.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { anyText } from '#server/streams/testing/world.fixture.ts';
import { type Client, clientOf, fourPeople, serverForFile, transports } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, pushEach } from './pushes.fixture.ts';
import { page } from './reads.fixture.ts';

const server = serverForFile();
const limited = serverForFile({ RATE_LIMIT: 'on' });
const anyTime: unknown = expect.any(Number);

let administrator: TestPerson;
beforeAll(async () => void (administrator = await server().signUp('Root')));

const ADMINISTRATION = '/api/auth/administration';
async function reportsBy(userId: UserId, state: 'open' | 'resolved' = 'open'): Promise<Report[]> {
  const { answer } = await administrator.get<ReportPage>(`${ADMINISTRATION}/reports?state=${state}`);
  return answer.reports.filter(({ by }) => by?.id === userId).toReversed();
}
const resolve = (person: TestPerson, id: string, outcome: string) =>
  person.request(`POST`, `${ADMINISTRATION}/reports/resolve`, { id, outcome });

describe.each(transports)('reports over %s', (transport) => {
  let [ann, bob, eve, dan] = [] as unknown as [Client, Client, Client, Client];
  fourPeople(server, transport, (people) => ([ann, bob, eve, dan] = people));

  it('[RP1] [RP2] reports a message, a person or a group as the server holds it, and nobody in the chat learns of it', async () => {
    const group = await groupOf(ann, bob, eve);
    const insult = op.send(group, 'an insult');
    await accepted(bob, insult);
    const before = await page(bob, group);
    const report = op.report(group, { messageId: insult.id, reason: 'abuse', note: 'again' });
    const noChat = directStream(ann.userId, dan.userId);
    await pushEach(
      [ann, report],
      [ann, op.report(noChat, { reason: 'spam' })],
      [ann, op.report(group, { reason: 'other', note: '' })],
    );
    const about = { by: { id: ann.userId, name: 'Ann' }, id: anyText, at: anyTime };
    const bobs = { person: { id: bob.userId, name: 'Bob' }, title: 'Team', messageId: insult.id, text: 'an insult' };
    const expected = [
      { ...about, ...bobs, about: 'message', stream: group, reason: 'abuse', note: 'again', sentAt: anyText },
      { ...about, about: 'person', person: { id: dan.userId, name: 'Dan' }, stream: noChat, reason: 'spam' },
      { ...about, about: 'group', title: 'Team', stream: group, reason: 'other' },
    ];
    expect(await reportsBy(ann.userId)).toEqual(expected);
    expect(await page(bob, group)).toEqual(before);
    expect(await page(dan, dan.own)).toBeUndefined();
    expect(JSON.stringify(bob.socket.received('changes'))).not.toContain(report.id);

    // A resend after its answer was lost is the same report, even if its sender has left since. [AP4]
    await pushEach([ann, op.role(group, bob.userId, 'owner')], [ann, op.remove(group, ann.userId)]);
    await pushEach(
      [ann, { ...report, retry: true }],
      [ann, op.report(group, { messageId: insult.id }), 'not_found stream'],
    );
    // Edits and deletions come too late to change it.
    await pushEach([bob, op.edit(group, insult.id, 'a compliment')], [bob, op.delete(group, insult.id)]);
    expect(await reportsBy(ann.userId)).toEqual(expected);
    await pushEach([eve, op.report(group, { messageId: insult.id })]);
    const [late] = await reportsBy(eve.userId);
    expect(late).toMatchObject({ messageId: insult.id, wasDeleted: true, person: { id: bob.userId } });
    expect(late).not.toHaveProperty('text');
  });

  it('[RP1] nobody can report themselves, or things that they may not know of', async () => {
    const group = await groupOf(bob, dan);
    const direct = directStream(bob.userId, dan.userId);
    const [inGroup, inDirect] = [op.send(group, 'for Dan'), op.send(direct, 'for Dan too')];
    await pushEach([bob, inGroup], [bob, op.create(direct, [dan.userId])], [bob, inDirect]);
    const strangers = async () => (await Promise.all([reportsBy(eve.userId), reportsBy(bob.userId)])).flat().length;
    const before = await strangers();
    await pushEach(
      [bob, op.report(group, { messageId: inGroup.id }), 'invalid messageId'],
      [bob, op.report(directStream(bob.userId, bob.userId)), 'invalid stream'],
      [bob, op.report(group, { reason: 'boredom' }), 'invalid reason'],
      [bob, op.report(group, { note: 'x'.repeat(1_001) }), 'too_large note'],
      [bob, op.report(group, { text: 'forged' }), 'invalid text'],
      [bob, op.report(group, { messageId: inDirect.id }), 'not_found messageId'],
      [eve, op.report(group), 'not_found stream'],
      [eve, op.report(group, { messageId: inGroup.id }), 'not_found stream'],
      [eve, op.report(direct), 'not_found stream'],
      [eve, op.report(direct, { messageId: inDirect.id }), 'not_found stream'],
      [eve, op.report(newGroup()), 'not_found stream'],
      [eve, op.report(directStream(eve.userId, '0'.repeat(24) as UserId)), 'not_found stream'],
    );
    expect(await strangers()).toBe(before);
  });

  it('[RP3] only the administrator reads reports and deals with them, once each', async () => {
    const direct = directStream(dan.userId, eve.userId);
    const reports = [op.report(direct), op.report(direct, { reason: 'impersonation' })];
    await pushEach(...reports.map((each) => [dan, each] as const));
    const [first, second] = await reportsBy(dan.userId);
    if (first === undefined || second === undefined) throw new Error('two reports');
    for (const { person } of [dan, eve]) {
      expect((await person.get(`${ADMINISTRATION}/reports?state=open`)).status).toBe(404);
      expect((await resolve(person, first.id, 'dismissed')).status).toBe(404);
    }
    for (const query of ['', '?state=all', '?state=open&before=', `?state=open&by=${dan.userId}`])
      expect([query, (await administrator.get(`${ADMINISTRATION}/reports${query}`)).status]).toEqual([
        query,
        query.endsWith('before=') ? 200 : 400,
      ]);
    for (const body of [{ id: first.id }, { id: first.id, outcome: 'hanged' }, { id: { $ne: '' }, outcome: 'deleted' }])
      expect((await administrator.request('POST', `${ADMINISTRATION}/reports/resolve`, body)).status).toBe(400);
    expect((await resolve(administrator, 'x', 'dismissed')).status).toBe(404);
    expect((await reportsBy(dan.userId)).length).toBe(2);

    expect((await resolve(administrator, first.id, 'suspended')).status).toBe(200);
    expect((await resolve(administrator, first.id, 'dismissed')).status).toBe(200);
    expect((await reportsBy(dan.userId)).map(({ id }) => id)).toEqual([second.id]);
    expect(await reportsBy(dan.userId, 'resolved')).toEqual([
      {
        ...first,
        resolved: { at: anyTime, by: { id: administrator.userId, name: 'Root' }, outcome: 'suspended' },
      },
    ]);
  });

  it('[RP1] [REL-17] a person who reports too much is told when to retry, and no report is dropped', async () => {
    const [fay, gus] = await Promise.all(
      ['Fay', 'Gus'].map(async (name) => clientOf(await limited().signUp(name), name, transport)),
    );
    if (fay === undefined || gus === undefined) throw new Error('two people');
    const direct = directStream(fay.userId, gus.userId);
    const ops = Array.from({ length: 11 }, () => op.report(direct));
    const { results } = await askUntilAvailable(fay, 'push', { ops });
    expect(results.map(({ ok }) => ok)).toEqual([...Array<boolean>(10).fill(true), false]);
    const last = results.at(-1);
    if (last?.ok !== false) throw new Error('the last one was taken');
    expect(last.error.code).toBe('rate_limited');
    expect(last.error.retryAfterMs).toBeGreaterThan(0);
    expect(last.error.retryAfterMs).toBeLessThanOrEqual(60_000);
    // What was taken is answered as before, and somebody else is not held up.
    await pushEach([fay, { ...(ops[0] as object), retry: true }], [gus, op.report(direct)]);
  });
});
