import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { until } from '#server/streams/testing/world.fixture.ts';
import { type EmailQueue, createEmailQueue } from './email-queue.ts';
import { createSmtp } from './send-email.ts';

const HOUR_MS = 3_600_000;
let folder: string;
let database: Database;
const clock = { now: 1_700_000_000_000 };
const logged: string[] = [];
const log = {
  warn: (_: object, line: string) => void logged.push(line),
  error: (_: object, line: string) => void logged.push(line),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamlink-'));
  database = await openDatabase({ dataDir: folder, durability: 'none' });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const open = (deliver: (email: { to: string }) => Promise<void>): EmailQueue<{ to: string }> =>
  createEmailQueue({ connection: database.connection, deliver, now: () => clock.now, kindOf: () => 'test', log });
const left = () => database.connection.collection('letters').countDocuments();

it('[REL-01] keeps an email until it is sent, across failures and restarts, and gives up after a day', async () => {
  const tried: string[] = [];
  const isDown = { value: true };
  const deliver = ({ to }: { to: string }) => {
    tried.push(to);
    return isDown.value ? Promise.reject(new Error('no route')) : Promise.resolve();
  };
  const first = open(deliver);
  await first.queue({ to: 'ann' });
  await until(() => logged.length === 1);
  expect(logged.splice(0)).toEqual(['an email could not be sent and is tried again']);
  first.close();

  clock.now += HOUR_MS;
  isDown.value = false;
  const second = open(deliver);
  await until(async () => (await left()) === 0);
  expect(tried).toEqual(['ann', 'ann']);

  isDown.value = true;
  await second.queue({ to: 'bob' });
  await until(() => tried.length === 3);
  clock.now += 25 * HOUR_MS;
  await second.queue({ to: 'bob' });
  await until(() => logged.includes('an email was given up after a day'));
  second.close();
  await database.connection.collection('letters').deleteMany({});
});

it('sends what an earlier version has stored', async () => {
  const time = clock.now;
  await database.connection
    .collection('letters')
    .insertOne({ letter: { to: 'ann' }, dueAt: time, tries: 0, queuedAt: time });
  const sent: string[] = [];
  const queue = open(({ to }) => Promise.resolve(void sent.push(to)));
  await until(async () => (await left()) === 0);
  queue.close();
  expect(sent).toEqual(['ann']);
});

it('sends due emails after the clock was set back by a day', async () => {
  const sent: string[] = [];
  const down = open(() => Promise.reject(new Error('no route')));
  await down.queue({ to: 'ann' });
  await until(async () => (await database.connection.collection('letters').findOne())?.['tries'] === 1);
  down.close();
  clock.now -= 24 * HOUR_MS;
  const up = open(({ to }) => Promise.resolve(void sent.push(to)));
  await until(() => sent.length === 1);
  up.close();
  expect(sent).toEqual(['ann']);
  await until(async () => (await left()) === 0);
});

it('speaks SMTP: one recipient, an email in UTF-8, and no second try if the recipient is refused for good', async () => {
  const received: { to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('gone') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null),
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(parts).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  let refused = 0;
  const smtp = createSmtp(`smtp://127.0.0.1:${port}`, 'TeamLink <chat@example.org>', () => (refused += 1));
  await smtp.send({ to: 'ann@example.org', subject: 'Wähle ein Passwort', text: 'https://chat.example.org/#token\n' });
  await smtp.send({ to: 'gone@example.org', subject: 'x', text: 'y' });
  expect([received.length, refused]).toEqual([1, 1]);
  expect(received[0]?.to).toEqual(['ann@example.org']);
  expect(received[0]?.text).toMatch(/^From: TeamLink <chat@example\.org>\r$/m);
  expect(received[0]?.text).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(received[0]?.text).toContain('https://chat.example.org/#token');
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await expect(smtp.send({ to: 'ann@example.org', subject: 'x', text: 'y' })).rejects.toThrow(
    /ECONNREFUSED|[Cc]onnect/,
  );
  smtp.close();
});
