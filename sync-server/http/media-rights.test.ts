import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { directStream, personalStream } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import type { TestPerson } from '#server/testing/server.fixture.ts';
import { type MediaStage, startMediaStage } from './testing/media-stage.fixture.ts';

let stage: MediaStage;
beforeAll(async () => {
  stage = await startMediaStage();
});
afterAll(() => stage.server.close());

it('[MD5] [SEC-06] a message carries only files that its sender uploaded to that stream, with only the facts that the server has determined', async () => {
  const { ann, bob, stream, send, uploaded, newest, group } = stage;
  const file = await uploaded(ann, Buffer.from('mine'), 'mine.txt');
  const other = await group([bob]);
  const refused = (result: unknown) => expect(result).toMatchObject({ ok: false, error: { code: 'not_found' } });
  refused(await send(bob, stream, [file.mediaId]));
  refused(await send(ann, other, [file.mediaId]));
  refused(await send(ann, stream, ['unknown']));
  expect(await send(ann, stream, [file.mediaId, file.mediaId])).toMatchObject({
    ok: false,
    error: { code: 'invalid', path: 'attachments.1.mediaId' },
  });
  const forged = {
    attachments: [{ mediaId: file.mediaId, kind: 'image', name: 'forged', mime: 'text/html', size: 1 }],
  };
  expect(await send(ann, stream, [], { ...forged, text: 'look' })).toMatchObject({ ok: true });
  expect(await newest(bob, stream)).toMatchObject({ text: 'look', attachments: [file] });
});

it('[MD5] [MD6] [MD7] a forwarded file keeps its id and is readable there; deleting the messages ends that', async () => {
  const { ann, bob, eve, stream, push, send, uploaded, read, newest, group } = stage;
  const file = await uploaded(ann, Buffer.from('passed on'), 'note.txt');
  await send(ann, stream, [file.mediaId]);
  const source = (await newest(ann, stream)) as MessageRecord;
  const other = await group([eve]);
  const forward = { stream, messageId: source.id };
  await push(ann, { kind: 'message.send', stream: other, sentAt: new Date().toISOString(), forward });
  const copy = (await newest(eve, other)) as MessageRecord;
  expect(copy.attachments).toEqual([file]);
  expect((await read(eve, file.mediaId)).status).toBe(200);
  const remove = (of: string, messageId: string) => push(ann, { kind: 'message.delete', stream: of, messageId });
  await remove(stream, source.id);
  expect((await read(bob, file.mediaId)).status).toBe(404);
  expect((await read(eve, file.mediaId)).status).toBe(200);
  await remove(other, copy.id);
  for (const who of [ann, eve]) expect((await read(who, file.mediaId)).status).toBe(404);
});

it('[MD6] [SEC-02] [SEC-64] a file that was sent before a newcomer joined, and one in a group from which somebody was removed, are answered like missing files', async () => {
  const { ann, bob, eve, push, send, uploaded, read, group } = stage;
  const closed = await group([bob], { history: 'joined' });
  const file = await uploaded(ann, Buffer.from('before'), 'before.txt', {}, closed);
  await send(ann, closed, [file.mediaId]);
  await push(ann, { kind: 'member.add', stream: closed, userIds: [eve.userId] });
  expect((await read(eve, file.mediaId)).status).toBe(404);
  expect((await read(bob, file.mediaId)).status).toBe(200);
  await push(ann, { kind: 'member.remove', stream: closed, userId: bob.userId });
  expect((await read(bob, file.mediaId)).status).toBe(404);
  const missing = (await (await read(eve, 'nothing')).json()) as Failure;
  expect(await (await read(eve, file.mediaId)).json()).toEqual(missing);
});

it('[MD12] a person’s picture is copied to every member record and is as public as the name; nobody can use another person’s file', async () => {
  const { server, ann, eve, push, uploaded, read } = stage;
  const max = await server.signUp('Max');
  const own = personalStream(max.userId);
  const talk = directStream(max.userId, ann.userId);
  await push(max, { kind: 'conversation.create', stream: talk, memberIds: [] });
  const { mediaId } = await uploaded(max, await testFiles.jpegFromCamera(), 'me.jpg', {}, own);
  expect((await read(eve, mediaId)).status).toBe(404);
  const setPicture = (who: TestPerson, image: string | null) =>
    who.request<{ code?: string }>('POST', '/api/auth/update-user', { image });
  expect((await setPicture(eve, mediaId)).answer.code).toBe('INVALID_IMAGE');
  const pdf = await uploaded(max, testFiles.pdf(), 'me.pdf', {}, own);
  expect((await setPicture(max, pdf.mediaId)).answer.code).toBe('INVALID_IMAGE');
  expect((await setPicture(max, mediaId)).status).toBe(200);
  expect((await read(eve, `${mediaId}/thumbnail`)).status).toBe(200);
  const avatar = async () => {
    const { answer } = await ann.post('pull', { cursors: {}, only: [talk] });
    const records = answer.streams.flatMap((page) => page.records);
    const member = records.find(({ id }) => id === `${talk}/${max.userId}`) as MemberRecord | undefined;
    return member?.avatar;
  };
  await expect.poll(() => avatar()).toBe(mediaId);
  const users = await eve.get<{ users: { id: string; avatar?: string }[] }>('/api/users?q=Max');
  expect(users.answer.users.find(({ id }) => id === max.userId)?.avatar).toBe(mediaId);
  expect((await setPicture(max, null)).status).toBe(200);
  expect((await read(eve, mediaId)).status).toBe(404);
});

it('[MD12] [OP11] a group’s picture is uploaded to the group by an admin, and only its members see it', async () => {
  const { ann, bob, eve, push, uploaded, read, group } = stage;
  const ours = await group([bob]);
  const { mediaId } = await uploaded(ann, await testFiles.png(), 'group.png', {}, ours);
  const elsewhere = await uploaded(ann, await testFiles.png(), 'group.png');
  const set = (avatar: string | null) => push(ann, { kind: 'conversation.update', stream: ours, avatar });
  expect(await set(elsewhere.mediaId)).toMatchObject({ error: { code: 'not_found', path: 'avatar' } });
  expect(await set(mediaId)).toMatchObject({ ok: true });
  expect([(await read(bob, mediaId)).status, (await read(eve, mediaId)).status]).toEqual([200, 404]);
  await push(ann, { kind: 'member.remove', stream: ours, userId: bob.userId });
  expect((await read(bob, mediaId)).status).toBe(404);
  expect(await set(null)).toMatchObject({ ok: true });
});
