import { describe, expect, it, vi } from 'vitest';
import { GROUP_LINKS_PATH, type MadeLink } from '#protocol/group-links.ts';
import { type ConversationId, type UserId, directStream } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { anyText } from '#server/streams/testing/world.fixture.ts';
import { type Client, clientOf, fourPeople, transports, serverForFile } from './clients.fixture.ts';
import { accepted, groupOf, pushEach } from './pushes.fixture.ts';
import { conversationOf, history, memberOf, membershipOf, pull, receivedLive, recordsOf } from './reads.fixture.ts';

const nobody = '0'.repeat(24) as UserId;

const server = serverForFile();

describe.concurrent.each(transports)('conversations over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  let dan: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve, dan] = people));

  async function rolesIn(group: ConversationId, reader: Client): Promise<Record<string, string>> {
    const members = (await recordsOf(reader, group)).filter(
      (record): record is MemberRecord => record.type === 'member',
    );
    return Object.fromEntries(members.map(({ name, role, leftAt }) => [name, leftAt === undefined ? role : 'left']));
  }

  it('[OP9] conversation.create in `d:` is for the two people in its name; one that exists is ok', async () => {
    const direct = directStream(ann.userId, dan.userId);
    await pushEach(
      [eve, op.create(direct, []), 'not_found stream'],
      [ann, op.create(direct, [bob.userId]), 'invalid memberIds.0'],
      [ann, op.create(directStream(ann.userId, nobody), []), 'not_found stream'],
      [ann, op.create(direct, [dan.userId])],
      [dan, op.create(direct, [])],
      [ann, op.create(direct, [])],
    );
    const records = await recordsOf(dan, direct);
    expect(records).toHaveLength(3);
    expect(records[0]).toMatchObject({ type: 'conversation', kind: 'direct' });
    expect(await rolesIn(direct, ann)).toEqual({ Ann: 'member', Dan: 'member' });
  });

  it('[OP10] conversation.create in `g:` makes its sender the owner; duplicates are ignored; a group that exists is a conflict', async () => {
    const group = newGroup();
    await pushEach(
      [ann, op.create(group, [bob.userId, ann.userId, bob.userId], { title: 'Team' })],
      [ann, op.create(group, []), 'conflict stream'],
      [ann, op.create(newGroup(), [bob.userId, nobody]), 'not_found memberIds.1'],
    );
    expect(await recordsOf(ann, group)).toMatchObject([
      { type: 'conversation', kind: 'group', title: 'Team', createdBy: ann.userId, history: 'all', pins: [] },
      { type: 'member', userId: ann.userId, role: 'owner' },
      { type: 'member', userId: bob.userId, role: 'member' },
    ]);
    expect(await membershipOf(bob, group)).toMatchObject({ role: 'member', readSeq: 0 });
  });

  it('[OP11] conversation.update is for admins and the owner; `null` clears; not in a direct chat', async () => {
    const [group, direct] = [await groupOf(ann, bob, eve), directStream(ann.userId, ann.userId)];
    await pushEach(
      [ann, op.create(direct, [])],
      [ann, op.role(group, bob.userId, 'admin')],
      [bob, op.update(group, { title: 'New', about: 'its purpose', history: 'joined' })],
    );
    expect(await conversationOf(eve, group)).toMatchObject({ title: 'New', about: 'its purpose', history: 'joined' });
    await pushEach(
      [ann, op.update(group, { title: null, about: null })],
      [ann, op.update(group, { history: null }), 'invalid history'],
      [ann, op.update(direct, { title: 'me' }), 'forbidden'],
      [eve, op.update(group, { title: 'mine' }), 'forbidden'],
      [dan, op.update(group, { title: 'x' }), 'not_found stream'],
    );
    const conversation = await conversationOf(eve, group);
    expect(conversation).not.toHaveProperty('title');
    expect(conversation).not.toHaveProperty('about');
  });

  it('[OP12] member.add is for admins and the owner; newcomers start at the last seq, and with `history: joined` can read from the next one on', async () => {
    const [group, direct] = [newGroup(), directStream(ann.userId, ann.userId)];
    const secret = op.send(group, 'secret');
    await pushEach(
      [ann, op.create(direct, [])],
      [ann, op.create(group, [bob.userId], { history: 'joined' })],
      [ann, secret],
      [bob, op.add(group, eve.userId), 'forbidden'],
      [dan, op.add(group, eve.userId), 'not_found stream'],
      [ann, op.add(group, eve.userId, nobody), 'not_found userIds.1'],
      [ann, op.add(direct, eve.userId), 'forbidden'],
      [ann, op.add(group, eve.userId, eve.userId, bob.userId)],
    );
    const texts = async () => (await history(eve, group)).map(({ seq, text }) => `${seq} ${text}`);
    expect(await rolesIn(group, eve)).toEqual({ Ann: 'owner', Bob: 'member', Eve: 'member' });
    expect(await membershipOf(eve, group)).toMatchObject({ readSeq: 1 });
    expect(await memberOf(eve, group, eve)).toMatchObject({ fromSeq: 2 });
    expect(await texts()).toEqual(['2 ']);
    // A person who was added again is a newcomer: messages from in between are hidden too.
    await pushEach(
      [ann, op.remove(group, eve.userId)],
      [ann, op.send(group, 'between')],
      [ann, op.add(group, eve.userId)],
    );
    expect(await texts()).toEqual(['5 ']);
    await pushEach([eve, op.react(group, secret.id, '👍'), 'not_found messageId']);
  });

  it('[GL3] [GL4] member.join lets in a person with a link, unless the link is for another group or used up, or they were removed', async () => {
    const [group, other] = [await groupOf(ann, bob), await groupOf(ann, bob)];
    const { answer } = await ann.person.request<MadeLink>('POST', GROUP_LINKS_PATH, {
      stream: group,
      days: 1,
      maxUses: 1,
    });
    const { token } = answer;
    await pushEach(
      [eve, op.join(other, token), 'not_found token'],
      [eve, op.join(newGroup(), token), 'not_found token'],
      [eve, op.join(group, token)],
      [eve, op.join(group, token)],
      [dan, op.join(group, token), 'conflict token'],
      [ann, op.remove(group, eve.userId)],
      [eve, op.join(group, token), 'forbidden'],
    );
    expect(await rolesIn(group, ann)).toEqual({ Ann: 'owner', Bob: 'member', Eve: 'left' });
    const events = (await history(ann, group)).map(({ event }) => event);
    expect(events).toContainEqual({ kind: 'member.join', by: eve.userId });
  });

  it('[OP13] member.remove lets people leave, admins remove members, and the owner remove everybody; not in a direct chat', async () => {
    const [group, direct] = [await groupOf(ann, bob, eve, dan), directStream(ann.userId, ann.userId)];
    await pushEach(
      [ann, op.create(direct, [])],
      [ann, op.role(group, bob.userId, 'admin')],
      [ann, op.role(group, eve.userId, 'admin')],
      [ann, op.remove(direct, ann.userId), 'forbidden userId'],
      [ann, op.remove(group, nobody), 'not_found userId'],
      [dan, op.remove(group, bob.userId), 'forbidden userId'],
      [bob, op.remove(group, eve.userId), 'forbidden userId'],
      [bob, op.remove(group, ann.userId), 'forbidden userId'],
      [bob, op.remove(group, dan.userId)],
      [eve, op.remove(group, eve.userId)],
      [ann, op.remove(group, bob.userId)],
    );
    expect(await rolesIn(group, ann)).toEqual({ Ann: 'owner', Bob: 'left', Eve: 'left', Dan: 'left' });
    expect(await membershipOf(dan, group)).toMatchObject({ leftAt: anyText });
  });

  it('[OP14] member.role is for the owner, for other members; giving the role `owner` passes the ownership on', async () => {
    const group = await groupOf(ann, bob, eve);
    await pushEach(
      [ann, op.role(group, bob.userId, 'admin')],
      [bob, op.role(group, eve.userId, 'admin'), 'forbidden'],
      [ann, op.role(group, ann.userId, 'member'), 'forbidden'],
      [ann, op.role(group, dan.userId, 'member'), 'not_found userId'],
      [ann, op.role(group, eve.userId, 'owner')],
      [ann, op.role(group, bob.userId, 'member'), 'forbidden'],
    );
    expect(await rolesIn(group, ann)).toEqual({ Ann: 'admin', Bob: 'admin', Eve: 'owner' });
    expect(await membershipOf(eve, group)).toMatchObject({ role: 'owner' });
  });

  it('[OP15] when the owner leaves, the earliest admin takes over, or the earliest member if there is no admin', async () => {
    const group = await groupOf(ann, eve);
    await pushEach(
      [ann, op.add(group, bob.userId)],
      [ann, op.add(group, dan.userId)],
      [ann, op.role(group, dan.userId, 'admin')],
      [ann, op.remove(group, ann.userId)],
    );
    expect(await rolesIn(group, bob)).toEqual({ Ann: 'left', Bob: 'member', Eve: 'member', Dan: 'owner' });
    await accepted(dan, op.remove(group, dan.userId));
    expect(await rolesIn(group, bob)).toEqual({ Ann: 'left', Bob: 'member', Eve: 'owner', Dan: 'left' });
  });

  it('[OP16] [OP17] [OP18] [RC4] membership.update changes the person’s own settings; an absent field stays, `null` and `false` clear; nobody else sees them', async () => {
    const group = await groupOf(ann, bob);
    const mutedUntil = '2999-01-01T00:00:00.000Z';
    await pushEach(
      [bob, op.settings(group, { mutedUntil, pinned: true, archived: true, draft: 'my draft' })],
      [bob, op.settings(group, { notify: 'mentions', preview: 'sender' })],
      [bob, op.settings(group, {})],
      [bob, op.settings(group, { notify: 'all' }), 'invalid notify'],
      [bob, op.settings(group, { userId: ann.userId }), 'invalid userId'],
      [eve, op.settings(group, { pinned: true }), 'not_found stream'],
    );
    expect(await membershipOf(bob, group)).toMatchObject({
      mutedUntil,
      pinnedAt: anyText,
      archivedAt: anyText,
      notify: 'mentions',
      preview: 'sender',
      draft: 'my draft',
    });
    await accepted(bob, op.settings(group, { archived: true, archivedSeq: 0 }));
    expect(await membershipOf(bob, group)).toMatchObject({ archivedSeq: 0 });
    await accepted(bob, op.settings(group, { mutedUntil: null, pinned: false, archived: null, notify: null }));
    const cleared = await membershipOf(bob, group);
    expect(cleared).toMatchObject({ draft: 'my draft', preview: 'sender' });
    for (const field of ['mutedUntil', 'pinnedAt', 'archivedAt', 'archivedSeq', 'notify'])
      expect(cleared).not.toHaveProperty(field);
    expect(JSON.stringify([await pull(ann), await recordsOf(bob, group)])).not.toContain('my draft');
  });

  it('[RC3] only one’s own member record has `fromSeq`', async () => {
    const group = await groupOf(ann, bob);
    for (const reader of [ann, bob])
      expect((await recordsOf(reader, group)).filter((record) => 'fromSeq' in record)).toMatchObject([
        { userId: reader.userId },
      ]);
  });

  it('[RC5] a changed name reaches every member record of its person', async () => {
    const eva = await clientOf(await server().signUp('Eva'), 'Eva', transport);
    const groups = [await groupOf(ann, eva), await groupOf(eva, ann)];
    const answer = await fetch(`${server().origin}/api/auth/update-user`, {
      method: 'POST',
      headers: { cookie: eva.person.cookie, origin: server().origin, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Evelyn' }),
    });
    expect(answer.status).toBe(200);
    for (const group of groups) {
      await receivedLive(ann, group, 'name', 'Evelyn');
      expect(await memberOf(ann, group, eva)).toMatchObject({ name: 'Evelyn' });
    }
  });

  it('[RC6] the line about a person is cleaned, is in their member records and in the directory, and disappears when it is removed', async () => {
    const eva = await clientOf(await server().signUp('Eva'), 'Eva', transport);
    const say = (about: unknown) =>
      fetch(`${server().origin}/api/auth/update-user`, {
        method: 'POST',
        headers: { cookie: eva.person.cookie, origin: server().origin, 'content-type': 'application/json' },
        body: JSON.stringify({ about }),
      });
    const group = await groupOf(ann, eva);
    expect((await say(' On call\n\u202Eevery  day')).status).toBe(200);
    await receivedLive(ann, group, 'about', 'On call every day');
    // A person who joins a group later brings it along.
    const later = await groupOf(eva, ann);
    for (const each of [group, later])
      expect(await memberOf(ann, each, eva)).toMatchObject({ name: 'Eva', about: 'On call every day' });
    const asked = await fetch(`${server().origin}/api/users?id=${eva.userId}`, {
      headers: { cookie: ann.person.cookie },
    });
    expect(await asked.json()).toEqual({ users: [{ id: eva.userId, name: 'Eva', about: 'On call every day' }] });
    expect((await say('x'.repeat(141))).status).toBe(400);
    expect((await say(' \u200b ')).status).toBe(200);
    await vi.waitFor(async () => expect(await memberOf(ann, group, eva)).not.toHaveProperty('about'), 45_000);
    expect(await memberOf(ann, later, eva)).toMatchObject({ name: 'Eva' });
  });

  it('[RD1] [RD2] receipt.mark only moves forward, at most to the last seq; read implies delivered; others see it soon', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(
      ...['1', '2', '3'].map((text) => [ann, op.send(group, text)] as const),
      [bob, op.mark(group, { readSeq: 2 })],
      [bob, op.mark(group, { readSeq: 1 })],
      [bob, op.mark(group, {}), 'invalid'],
      [eve, op.mark(group, { readSeq: 1 }), 'not_found stream'],
    );
    expect(await membershipOf(bob, group)).toMatchObject({ readSeq: 2 });
    await receivedLive(ann, group, 'readSeq', 2);
    expect(await memberOf(ann, group, bob)).toMatchObject({ readSeq: 2, deliveredSeq: 2 });
    await accepted(bob, op.mark(group, { readSeq: 99 }));
    expect(await membershipOf(bob, group)).toMatchObject({ readSeq: 3 });
  });
});
