import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupStream, personalStream, uuidV7 } from '#protocol/ids.ts';
import { type TestServer, startTestServer } from '#server/testing/server.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

it('[AC3] an export holds the account, the conversations that the person can read, and the files that they sent', async () => {
  const [ann, bob] = [await server.signUp('Ann'), await server.signUp('Bob')];
  const stream = groupStream(newId());
  const other = groupStream(newId());
  const sentAt = new Date().toISOString();
  const send = (text: string) => ({ id: newId(), kind: 'message.send', stream, sentAt, text });
  await ann.post('push', {
    ops: [{ id: newId(), kind: 'conversation.create', stream, title: 'Trip', memberIds: [bob.userId] }],
  });
  await bob.post('push', {
    ops: [
      { id: newId(), kind: 'conversation.create', stream: other, title: 'Secret', memberIds: [] },
      { id: newId(), kind: 'message.send', stream: other, sentAt, text: 'for nobody' },
    ],
  });
  await ann.post('push', { ops: [{ id: newId(), kind: 'report.send', stream, reason: 'spam', note: 'a bad group' }] });
  // More than one page.
  for (let at = 0; at < 6; at += 1)
    await ann.post('push', { ops: Array.from({ length: 100 }, (_, each) => send(`hello ${at * 100 + each}`)) });
  const form = new FormData();
  form.set('stream', stream);
  form.set('name', '../../notes.txt');
  form.set('file', new Blob(['what I wrote']), 'notes.txt');
  const uploaded = await fetch(`${server.origin}/api/media`, {
    method: 'POST',
    headers: { cookie: ann.cookie },
    body: form,
  });
  const { mediaId } = (await uploaded.json()) as { mediaId: string };

  const dueAt = new Date(Date.now() + 86_400_000).toISOString();
  await ann.post('push', { ops: [{ id: newId(), kind: 'message.schedule', stream, dueAt, text: 'for tomorrow' }] });

  const answer = await fetch(`${server.origin}/api/export`, { headers: { cookie: ann.cookie } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  expect(Object.keys(files).toSorted()).toEqual([
    'account.json',
    'conversations/1.jsonl',
    `files/${mediaId}-notes.txt`,
    'reports.jsonl',
    'scheduled.jsonl',
  ]);
  const text = (name: string) => strFromU8(files[name] ?? new Uint8Array());
  expect(JSON.parse(text('account.json'))).toMatchObject({ id: ann.userId, name: 'Ann', email: ann.email });
  expect(text(`files/${mediaId}-notes.txt`)).toBe('what I wrote');
  expect(JSON.parse(text('reports.jsonl'))).toMatchObject({ stream, reason: 'spam', note: 'a bad group' });
  expect(JSON.parse(text('scheduled.jsonl'))).toMatchObject({ conversation: stream, dueAt, text: 'for tomorrow' });
  const records = text('conversations/1.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; text?: string });
  expect(records.find(({ type }) => type === 'conversation')).toMatchObject({ title: 'Trip' });
  expect(records.filter(({ type }) => type === 'member').length).toBe(2);
  expect(records.filter((record) => record.text?.startsWith('hello')).length).toBe(600);
  expect(JSON.stringify(records)).not.toContain('for nobody');
  expect((await fetch(`${server.origin}/api/export`)).status).toBe(401);
});

it('[AC3] [SEC-23] a running export breaks off when its session ends', async () => {
  const ann = await server.signUp('Ann');
  const form = new FormData();
  form.set('stream', personalStream(ann.userId));
  // More than the buffers of the sockets can hold.
  form.set('file', new Blob([randomBytes(40_000_000)]), 'film.bin');
  const headers = { cookie: ann.cookie };
  const uploaded = await fetch(`${server.origin}/api/media`, { method: 'POST', headers, body: form });
  expect(uploaded.status).toBe(201);
  const answer = await new Promise<IncomingMessage>((resolve) =>
    get(`${server.origin}/api/export`, { headers }, resolve),
  );
  await once(answer, 'readable');
  await ann.signOut();
  let received = 0;
  const read = async () => {
    for await (const bytes of answer) received += (bytes as Buffer).length;
  };
  await expect(read()).rejects.toThrow('aborted');
  expect(received).toBeLessThan(40_000_000);
});

it('[AC1] [SEC-23] asking to delete an account closes the sockets of all its sessions', async () => {
  const ann = await server.signUp('Ann');
  const socket = await ann.connect();
  await ann.request('POST', '/api/auth/delete-account', { password: 'a long password' });
  expect(await socket.until('session_ended')).toEqual({ reason: 'account_deleted' });
  expect((await ann.post('pull', { cursors: {} })).status).toBe(401);
});
