import { type Page, chromium } from 'playwright-core';
import { openSlowLine } from '#tests/links/slow-line.fixture.ts';
import { startBuiltServer, signUp } from './built-server.ts';

/*
 * The first visit of a new device over a slow line, step by step: what the page shows by itself, the sign-in form, the list after the
 * password, the pane for a new chat, and the moment from which the app starts without a network. Each time is beside its limit where
 * there is one. `npm run bench bench/first-visit.ts [kbit/s] [round trip in ms]`, after `node scripts/setup.mjs`
 */
const kilobitsPerSecond = Number(process.argv[2] ?? 50);
const roundTripMs = Number(process.argv[3] ?? 800);
const LONGEST_MS = 200_000;
const say = (line: string) => process.stdout.write(`${line}\n`);

const server = await startBuiltServer();
const bytesPerSecond = (kilobitsPerSecond * 1_000) / 8;
const line = await openSlowLine(Number(new URL(server.origin).port), { bytesPerSecond, latencyMs: roundTripMs / 2 });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await signUp(server.origin, 'Ann');
  say(`the first visit at ${kilobitsPerSecond} kbit/s and ${roundTripMs} ms there and back`);
  const context = await browser.newContext({ baseURL: line.origin, viewport: { width: 390, height: 844 } });
  context.setDefaultTimeout(LONGEST_MS);
  await visit(await context.newPage());
} finally {
  await browser.close();
  await line.close();
  await server.close();
}
process.exit(0);

async function visit(page: Page): Promise<void> {
  let began = performance.now();
  const reached = (what: string, limitSeconds?: number) => {
    const seconds = (performance.now() - began) / 1_000;
    const limit =
      limitSeconds === undefined ? '' : ` (at most ${limitSeconds})${seconds > limitSeconds ? ' EXCEEDED' : ''}`;
    say(`  ${what}: ${seconds.toFixed(1)} s${limit}`);
  };
  const restart = () => (began = performance.now());
  const loading = page.goto('/', { waitUntil: 'commit' });
  await page.getByText('TeamLink').first().waitFor();
  reached('name and mark', 3);
  await loading;
  await page.getByLabel('Password', { exact: true }).waitFor();
  reached('the sign-in form', 30);
  await page.getByLabel('Email', { exact: true }).fill('ann@example.org');
  await page.getByLabel('Password', { exact: true }).fill('a long password');
  restart();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const newChat = page.getByRole('button', { name: 'New chat' }).filter({ visible: true });
  await newChat.waitFor();
  reached('the list, after the password');
  const listed = performance.now();
  await newChat.click();
  await page.getByRole('heading', { name: 'New chat' }).waitFor();
  say(`  the pane for a new chat, after its press: ${((performance.now() - listed) / 1_000).toFixed(1)} s`);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  reached('ready to start without a network, after the password');
  const { up, down } = line.bytes();
  say(`  ${up} bytes up and ${down} down over ${line.opened()} connections`);
}
