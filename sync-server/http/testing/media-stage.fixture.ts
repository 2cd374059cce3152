import { expect } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { Attachment, MessageRecord } from '#protocol/record.ts';
import { uploadForm } from '#server/media/testing/files.fixture.ts';
import { type TestPerson, startTestServer } from '#server/testing/server.fixture.ts';

export type MediaStage = Awaited<ReturnType<typeof startMediaStage>>;

/** A server with Ann and Bob, who have a chat, and Eve. Each of them may store 3 MB. */
export async function startMediaStage() {
  const server = await startTestServer({ MEDIA_MB_PER_PERSON: '3' });
  const [ann, bob, eve] = await Promise.all([server.signUp('Ann'), server.signUp('Bob'), server.signUp('Eve')]);
  const stream: string = directStream(ann.userId, bob.userId);
  await push(ann, { kind: 'conversation.create', stream, memberIds: [] });
  return { server, ann, bob, eve, stream, push, send, upload, uploaded, read, newest, group };

  function send(who: TestPerson, to: string, ids: string[], more: object = {}) {
    const attachments = ids.map((mediaId) => ({ mediaId }));
    return push(who, { kind: 'message.send', stream: to, attachments, sentAt: new Date().toISOString(), ...more });
  }

  async function upload(
    who: TestPerson,
    content: Uint8Array,
    name: string,
    fields: Record<string, string> = {},
    to = stream,
  ): Promise<{ status: number; answer: Attachment & Failure }> {
    const body = uploadForm(to, content, name, fields);
    const answer = await fetch(`${server.origin}/api/media`, { method: 'POST', headers: { cookie: who.cookie }, body });
    return { status: answer.status, answer: (await answer.json()) as Attachment & Failure };
  }

  async function uploaded(...given: Parameters<typeof upload>): Promise<Attachment> {
    const { status, answer } = await upload(...given);
    expect([status, answer.error]).toEqual([201, undefined]);
    return answer;
  }

  function read(who: TestPerson, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${server.origin}/api/media/${path}`, { headers: { cookie: who.cookie, ...headers } });
  }

  /** A group of Ann's. */
  async function group(members: TestPerson[], more: object = {}): Promise<string> {
    const id = groupStream(newId());
    const memberIds = members.map(({ userId }) => userId);
    await push(ann, { kind: 'conversation.create', stream: id, title: 'Group', memberIds, ...more });
    return id;
  }
}

function newId() {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

async function push(who: TestPerson, op: object) {
  const { answer } = await who.post('push', { ops: [{ id: newId(), ...op }] });
  return answer.results[0];
}

async function newest(who: TestPerson, of: string): Promise<MessageRecord | undefined> {
  return (await who.post('history', { stream: of, limit: 1 })).answer.records[0];
}

export async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}
