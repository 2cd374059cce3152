import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { personalStream } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { often, startServer, temporaryFolder } from '#tests/faults/process.fixture.ts';
import { type Person, signUp } from '#tests/faults/person.fixture.ts';

const MB = 1_000_000;
/** As large as the app's largest. */
const PART = 4 * MB;
const [AT_ONCE, PEOPLE] = [often(12, 50), often(3, 10)];
const FILE = often(6, 26) * PART;
/** Of an upload: the few pieces that are between its connection and the disk. */
const EACH = 2 * MB;
/** Garbage that is not collected yet. */
const GARBAGE = 64 * MB;

test(`[MD10] the server's memory stays flat while ${AT_ONCE} large files arrive at once, and each is whole`, async () => {
  const { folder, remove } = temporaryFolder();
  const server = await startServer(folder);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(ownBytes(server.child.pid ?? 0)), 50);
  try {
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => signUp(server.origin, `Sender ${at}`)));
    const uploads = Array.from({ length: AT_ONCE }, (_, at) => ({ at, person: people[at % PEOPLE] as Person }));
    samples.splice(0);
    // The first ones also load the code and fill the pools that every server has.
    await Promise.all(uploads.slice(0, PEOPLE).map((one) => upload(server.origin, one.person, one.at, PART)));
    const before = Math.min(...samples.splice(0));
    const files = await Promise.all(uploads.map((one) => upload(server.origin, one.person, one.at, FILE)));
    const quarter = Math.ceil(samples.length / 4);
    const [first, last] = [Math.max(...samples.slice(0, quarter)), Math.max(...samples.slice(-quarter))];
    process.stdout.write(`own memory in MB: ${[before, first, Math.max(...samples), last].map(inMb).join(' → ')}\n`);
    expect(samples.length).toBeGreaterThan(10);
    expect(Math.max(...samples)).toBeLessThan(before + GARBAGE + AT_ONCE * EACH);
    for (const { at, person } of uploads.filter(({ at: nth }) => nth % PEOPLE === 0)) {
      expect(files[at]?.size).toBe(FILE);
      expect(await hashOfDownload(server.origin, person, files[at]?.mediaId ?? '')).toBe(hashOf(at));
    }
  } finally {
    clearInterval(sampling);
    server.child.kill();
    await server.gone;
    remove();
  }
});

const inMb = (bytes: number) => (bytes / MB).toFixed(0);

/** What a process holds beside pages of files, which the system takes back when it needs them. */
function ownBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return 1024 * Number(/RssAnon:\s*(\d+)/.exec(status)?.[1]);
}

const content = randomBytes(PART);

/** Parts are equal but for their first bytes, so none can take another's place unnoticed. */
function partOf(at: number, offset: number): Buffer {
  const part = Buffer.from(content);
  part.writeUInt32LE(at, 0);
  part.writeUInt32LE(offset, 4);
  return part;
}

async function upload(origin: string, { userId, cookie }: Person, at: number, bytes: number): Promise<Attachment> {
  const headers = { cookie, 'tus-resumable': '1.0.0' };
  const stream = Buffer.from(personalStream(userId)).toString('base64');
  const created = await fetch(`${origin}/api/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(bytes), 'upload-metadata': `stream ${stream}` },
  });
  const path = created.headers.get('location') ?? '';
  for (let offset = 0; ;) {
    const answer = await fetch(`${origin}${path}`, {
      method: 'PATCH',
      headers: { ...headers, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(partOf(at, offset)),
    });
    const text = await answer.text();
    if (answer.ok) offset += PART;
    // A machine that is busy with something else: the app waits and goes on too.
    else if (answer.status === 503) await pause(1_000);
    else throw new Error(`${answer.status} ${text}`);
    if (offset >= bytes) return JSON.parse(text) as Attachment;
  }
}

function hashOf(at: number): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < FILE; offset += PART) hash.update(partOf(at, offset));
  return hash.digest('hex');
}

async function hashOfDownload(origin: string, { cookie }: Person, id: string): Promise<string> {
  const answer = await fetch(`${origin}/api/media/${id}`, { headers: { cookie } });
  const hash = createHash('sha256');
  for await (const piece of answer.body ?? []) hash.update(piece);
  return hash.digest('hex');
}
