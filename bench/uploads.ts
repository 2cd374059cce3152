import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { personalStream } from '#protocol/ids.ts';
import { readPicture } from '#server/media/pictures.ts';
import { signUp, startBuiltServer } from './built-server.ts';
import { cpuMicros, startChild } from './child.ts';

/*
 * How fast a file of 100 MB arrives in parts of 4 MB, and the CPU that it costs, beside servers that only pipe the same requests into
 * a file on the same disk: one flushes each part before it answers, as TeamLink does, and one leaves that to the system. And what a
 * photo of 12 megapixels costs until its thumbnail is there (it should be 150 ms), beside sharp alone.
 *
 * `npm run bench bench/uploads.ts`
 */
const [FILE, PART, ROUNDS] = [100_000_000, 4_000_000, 5];
const say = (line: string) => process.stdout.write(`${line}\n`);
const part = randomBytes(PART);
const agent = new Agent({ keepAlive: true });

const folder = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const pipe = (name: string, isFlushed: boolean) => `const { createWriteStream } = require('node:fs');
require('node:http').createServer((request, response) => {
  const start = Number(request.headers['upload-offset']);
  request.pipe(createWriteStream(${JSON.stringify(join(folder, name))}, { flags: start === 0 ? 'w' : 'r+', start, flush: ${isFlushed} }))
    .on('close', () => response.writeHead(204).end());
}).listen(0, '127.0.0.1', function () { console.log('localhost:' + this.address().port) })`;
const startPipe = (name: string, isFlushed: boolean) =>
  startChild([process.execPath, '-e', pipe(name, isFlushed)], /localhost:(\d+)/);
const flushed = await startPipe('flushed', true);
const unflushed = await startPipe('unflushed', false);
const server = await startBuiltServer();
const person = await signUp(server.origin, 'Ann');

function ask(origin: string, method: string, path: string, headers: Record<string, string>, body?: Buffer) {
  return new Promise<{ answer: IncomingMessage; text: string }>((resolve, reject) => {
    const sent = request(`${origin}${path}`, {
      method,
      agent,
      headers: { cookie: person.cookie, 'tus-resumable': '1.0.0', ...headers },
    });
    sent.on('response', (answer) => void text(answer).then((said) => resolve({ answer, text: said }), reject));
    sent.on('error', reject);
    sent.end(body);
  });
}

async function sendPart(origin: string, path: string, offset: number): Promise<void> {
  const type = 'application/offset+octet-stream';
  const headers = { 'upload-offset': String(offset), 'content-type': type, 'content-length': String(PART) };
  const { answer, text: said } = await ask(origin, 'PATCH', path, headers, part);
  if ((answer.statusCode ?? 500) >= 300) throw new Error(`${answer.statusCode} ${said}`);
}

async function created(): Promise<string> {
  const stream = Buffer.from(personalStream(person.userId)).toString('base64');
  const headers = { 'upload-length': String(FILE), 'upload-metadata': `stream ${stream}` };
  const { answer } = await ask(server.origin, 'POST', '/api/uploads', headers);
  return answer.headers.location ?? '';
}

/** In turns, part by part, so that other work on the machine affects both. */
async function inTurns(ways: readonly { origin: string; path: string }[]) {
  const sums = ways.map(() => ({ ms: 0, cpuMs: 0 }));
  const before = ways.map(({ origin }) => cpuMicros(origin));
  for (let offset = 0; offset < FILE; offset += PART)
    for (const [at, { origin, path }] of ways.entries()) {
      const startedAt = performance.now();
      await sendPart(origin, path, offset);
      const sum = sums[at];
      if (sum !== undefined) sum.ms += performance.now() - startedAt;
    }
  return sums.map(({ ms }, at) => ({
    mbPerS: FILE / 1_000 / ms,
    cpuMs: (cpuMicros(ways[at]?.origin ?? '') - (before[at] ?? 0)) / 1_000,
  }));
}

for (let round = 1; round <= ROUNDS; round++) {
  const ways = [
    { origin: server.origin, path: await created() },
    { origin: flushed, path: '/' },
    { origin: unflushed, path: '/' },
  ];
  const [own, limit, loose] = await inTurns(ways);
  if (own === undefined || limit === undefined || loose === undefined) throw new Error('nothing was measured');
  const of = ({ mbPerS, cpuMs }: typeof own) => `${mbPerS.toFixed(0)} MB/s with ${cpuMs.toFixed(0)} ms of CPU`;
  const share = (other: typeof own) => `${(own.mbPerS / other.mbPerS).toFixed(2)} of its rate`;
  say(
    `upload ${round}: ${of(own)}; a bare pipe that flushes ${of(limit)}: ${share(limit)}; one that does not ${of(loose)}: ${share(loose)}`,
  );
}

const photo = join(folder, 'photo.jpg');
const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 };
const pixels = { width: 4_000, height: 3_000, channels: 3 as const, background: '#888', noise };
writeFileSync(photo, await sharp({ create: pixels }).jpeg({ quality: 85 }).toBuffer());
/** Only the decoding, the resizing and the encoding. */
const bare = () => sharp(photo).resize(720, 720, { fit: 'inside' }).webp({ quality: 78, effort: 2 }).toBuffer();
for (let round = 1; round <= ROUNDS; round++) {
  const own = await cpuMsOf(() => readPicture(photo, join(folder, 'clean.jpg')));
  const limit = await cpuMsOf(bare);
  say(
    `photo ${round}: to its thumbnail, size and placeholder with ${own.toFixed(0)} ms of CPU; sharp alone to a thumbnail ${limit.toFixed(0)} ms: ${(own / limit).toFixed(2)} of it`,
  );
}

async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

agent.destroy();
await server.close();
rmSync(folder, { recursive: true, force: true });
