import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { groupStream } from '#protocol/ids.ts';
import { idOf, newId, openStage, push, registered } from './browser-people.ts';
import { median } from './child.ts';

/*
 * What Lighthouse says of the sign-in page and of a chat of 300 messages that a new device syncs for the first time, as on a phone:
 * the scores and the times that the first one is made of, as medians of the runs. The throttled processor is simulated from this
 * machine's own, so that the figures of a busy machine mean little. `npx` gets Lighthouse.
 * `npm run bench bench/lighthouse.ts [runs]`, after `node scripts/setup.mjs`; REPORTS names a folder for the reports
 */
const LIGHTHOUSE = 'lighthouse@12.8.2';
const runs = Number(process.argv[2] ?? 3);
const CHATS = 40;
const HELD = 300;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const TIMES = {
  FCP: 'first-contentful-paint',
  LCP: 'largest-contentful-paint',
  TBT: 'total-blocking-time',
  SI: 'speed-index',
  CLS: 'cumulative-layout-shift',
};
/** Of performance, and of both others. */
const LEAST = { 'sign-in': 95, 'a chat on first sync': 90 };
const run = promisify(execFile);

interface Report {
  categories: Record<string, { score: number }>;
  audits: Record<string, { numericValue: number }>;
}

const { origin, browser, close } = await openStage();
try {
  const path = await seeded();
  for (const [name, address] of [
    ['sign-in', '/'],
    ['a chat on first sync', path],
  ] as const) {
    const reports: Report[] = [];
    for (let at = 0; at < runs; at++) reports.push(await audited(name, address, at));
    sayMedians(name, reports);
  }
} finally {
  await close();
}
process.exit(0);

/** Answers the path of the chat. */
async function seeded(): Promise<string> {
  const [ann, bob] = [await registered(browser, origin, 'Ann'), await registered(browser, origin, 'Bob')];
  const annId = await idOf(ann);
  const streams = Array.from({ length: CHATS + 1 }, () => groupStream(newId()));
  const send = (stream: string, at: number) => ({
    id: newId(),
    stream,
    kind: 'message.send',
    text: `Message ${at}, as long as people write them, some eighty characters or so, to the group.`,
    sentAt: new Date().toISOString(),
  });
  const create = (stream: string, at: number) => ({
    id: newId(),
    stream,
    kind: 'conversation.create',
    title: `Group ${at}`,
    memberIds: [annId],
  });
  await push(
    bob,
    streams.flatMap((stream, at) => [create(stream, at), send(stream, 0)]),
  );
  const last = streams.at(-1) as string;
  await push(
    bob,
    Array.from({ length: HELD - 1 }, (_, at) => send(last, at + 1)),
  );
  return `/chat/${last.replace(':', '/')}`;
}

/** With a new browser each time, so that the device holds nothing. */
async function audited(name: string, path: string, at: number): Promise<Report> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-lighthouse-'));
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  });
  try {
    if (name !== 'sign-in')
      await context.request.post(`${origin}/api/auth/sign-in/email`, {
        data: { email: 'ann@example.org', password: 'a long password' },
      });
    const file = join(process.env['REPORTS'] ?? folder, `${name.replaceAll(' ', '-')}-${at}.json`);
    await run('npx', [
      '--yes',
      LIGHTHOUSE,
      origin + path,
      `--port=${port}`,
      '--disable-storage-reset',
      '--quiet',
      '--output=json',
      `--output-path=${file}`,
      `--only-categories=${CATEGORIES.join(',')}`,
    ]);
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sayMedians(name: keyof typeof LEAST, reports: readonly Report[]): void {
  const score = (category: string) => median(reports.map((each) => (each.categories[category]?.score ?? 0) * 100));
  const time = (audit: string) => median(reports.map((each) => each.audits[audit]?.numericValue ?? 0));
  const scores = CATEGORIES.map((category) => `${category} ${Math.round(score(category))}`).join(', ');
  const times = Object.entries(TIMES).map(([short, audit]) => `${short} ${Number(time(audit).toFixed(3))}`);
  process.stdout.write(`${name}: ${scores} (aim ${LEAST[name]}, 100, 100); ${times.join(', ')}\n`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
