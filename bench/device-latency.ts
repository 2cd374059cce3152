import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { Server } from 'socket.io';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import { startBuiltServer } from './built-server.ts';
import { median } from './child.ts';

/*
 * From Enter in one browser to the text in its own page and in another browser's page, in one Chromium: TeamLink beside a page
 * that only emits and draws, and beside one that keeps what it shows: one durable transaction of Dexie's before the own bubble
 * and the packet, and one before the other's bubble. Then the time from pressing a chat's entry to its last message, with 300
 * messages in it. Medians of interleaved rounds.
 * `npm run bench bench/device-latency.ts [rounds]`, after `node scripts/setup.mjs`; CHROMIUM_PATH names a browser
 */
const rounds = Number(process.argv[2] ?? 30);
const say = (line: string) => process.stdout.write(`${line}\n`);
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
/** The number of messages in a chat that is in use. */
const HELD = 300;
/** The pause between two messages, so that none waits for the work of the one before. */
const PAUSE_MS = 150;

interface Pair {
  name: string;
  from: Page;
  to: Page;
  own: number[];
  other: number[];
}

const { origin, close } = await startBuiltServer();
const relay = await startRelay();
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const [ann, bob] = [await signedUp('Ann'), await signedUp('Bob')];
  const bobId = await idOf(bob);
  for (const title of ['Tea', 'Coffee', 'Milk']) await makeChat(ann, title, bobId);
  for (const page of [ann, bob]) await openChat(page, 'Tea');
  const pairs: Pair[] = [
    { name: 'a page that only draws', from: await relayPage('/bare'), to: await relayPage('/bare') },
    { name: 'a page that keeps', from: await relayPage('/keeping'), to: await relayPage('/keeping') },
    { name: 'TeamLink', from: ann, to: bob },
  ].map((pair) => ({ ...pair, own: [], other: [] }));
  for (let round = -3; round < rounds; round++) {
    for (const pair of pairs) {
      const { own, other } = await send(pair, `message ${round} ${crypto.randomUUID()}`);
      if (round < 0) continue;
      pair.own.push(own);
      pair.other.push(other);
    }
  }
  for (const { name, own, other } of pairs)
    say(`${name}: own bubble after ${ms(own)}, the other’s page after ${ms(other)}`);
  const [, keeping, ours] = pairs.map(({ other }) => median(other));
  say(`TeamLink beside the page that keeps: ${((ours ?? 0) / (keeping ?? 1)).toFixed(2)}`);

  const switches: number[] = [];
  for (let round = -2; round < Math.ceil(rounds / 2); round++) {
    for (const title of ['Coffee', 'Milk']) {
      const took = await switchTo(ann, title);
      if (round >= 0) switches.push(took);
    }
  }
  say(`a chat of ${HELD} messages is open after ${ms(switches)}`);
} finally {
  await browser.close();
  await close();
}
process.exit(0);

function ms(values: readonly number[]): string {
  return `${median(values).toFixed(1)} ms`;
}

async function send({ from, to }: Pair, text: string): Promise<{ own: number; other: number }> {
  const box = from.getByRole('textbox', { name: 'Message' });
  await box.fill(text);
  await from.waitForTimeout(PAUSE_MS);
  const seen = Promise.all([from, to].map((page) => page.evaluate(whenDrawn, text)));
  const began = from.evaluate(whenPressed, 'keydown');
  // Both are listening once a later call has been answered.
  await Promise.all([from, to].map((page) => page.evaluate(() => 0)));
  await box.press('Enter');
  const [own = 0, other = 0] = await seen;
  const pressed = await began;
  return { own: own - pressed, other: other - pressed };
}

async function switchTo(page: Page, title: string): Promise<number> {
  await page.waitForTimeout(PAUSE_MS);
  const seen = page.evaluate(whenDrawn, `last of ${title}`);
  const began = page.evaluate(whenPressed, 'click');
  await page.evaluate(() => 0);
  await page.getByRole('link', { name: title, exact: true }).click();
  return (await seen) - (await began);
}

/** In the page: when a message with this text is in the document. The clocks of all pages are the machine's. */
function whenDrawn(text: string): Promise<number> {
  return new Promise((resolve) => {
    const isShown = (node: Node) =>
      node.textContent?.includes(text) === true &&
      node instanceof Element &&
      (node.closest('[data-message]') ?? node.querySelector('[data-message]')) !== null;
    const observer = new MutationObserver((changes) => {
      if (!changes.some(({ addedNodes }) => [...addedNodes].some(isShown))) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
}

function whenPressed(event: string): Promise<number> {
  return new Promise((resolve) => {
    addEventListener(event, () => resolve(performance.timeOrigin + performance.now()), { capture: true, once: true });
  });
}

async function signedUp(name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB' });
  const page = await context.newPage();
  const account = { name, email: `${name}@example.org`, password: 'a long password' };
  await page.request.post('/api/auth/sign-up/email', { data: account });
  await page.goto('/');
  await page.getByText('No chats yet').filter({ visible: true }).first().waitFor();
  return page;
}

async function idOf(page: Page): Promise<string> {
  return ((await (await page.request.get('/api/auth/get-session')).json()) as { user: { id: string } }).user.id;
}

async function makeChat(page: Page, title: string, memberId: string): Promise<void> {
  const stream = groupStream(newId());
  const sentAt = new Date().toISOString();
  const ops: object[] = [{ id: newId(), stream, kind: 'conversation.create', title, memberIds: [memberId] }];
  for (let at = 1; at <= HELD; at++)
    ops.push({
      id: newId(),
      stream,
      kind: 'message.send',
      text: `${at} ${at === HELD ? 'last of ' : ''}${title}`,
      sentAt,
    });
  for (let at = 0; at < ops.length; at += 100) {
    const answer = await page.request.post('/api/sync/push', { data: { ops: ops.slice(at, at + 100) } });
    if (!answer.ok()) throw new Error(await answer.text());
  }
}

async function openChat(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.locator('[data-message]', { hasText: `last of ${title}` }).waitFor();
}

/** A Socket.IO server that forwards everything, and the two pages of the comparison. */
async function startRelay(): Promise<string> {
  const library = (...path: string[]) => readFileSync(join('node_modules', ...path));
  const script = 'text/javascript';
  const files: Record<string, [string, string | Buffer]> = {
    '/socket.io.js': [script, library('socket.io-client', 'dist', 'socket.io.min.js')],
    '/dexie.js': [script, library('dexie', 'dist', 'dexie.min.js')],
    '/bare': ['text/html', relayedPage(`const keep = () => {};`)],
    '/keeping': [
      'text/html',
      relayedPage(`
        const database = new Dexie('kept', { chromeTransactionDurability: 'strict' });
        database.version(1).stores({ messages: 'id' });
        const keep = (message) => database.table('messages').put(message);
      `),
    ],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[new URL(request.url ?? '', 'http://relay').pathname] ?? ['text/plain', ''];
    response.setHeader('content-type', type).end(body);
  });
  const io = new Server(server, { serveClient: false });
  io.on('connection', (socket) => {
    void socket.join(String(socket.handshake.query['room']));
    socket.on('message', (message: unknown) => {
      for (const room of socket.rooms) if (room !== socket.id) socket.to(room).emit('message', message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The least page that can send: `keep` resolves when the message may be shown and sent. */
function relayedPage(keep: string): string {
  return `<!doctype html><script src="/socket.io.js"></script><script src="/dexie.js"></script>
    <body><input aria-label="Message"><script>
      ${keep}
      const draw = ({ id, text }) => {
        const line = document.createElement('p');
        line.dataset.message = id;
        line.textContent = text;
        document.body.append(line);
      };
      const socket = io({ transports: ['websocket'], query: { room: location.pathname } });
      socket.on('message', async (message) => {
        await keep(message);
        draw(message);
      });
      socket.on('connect', () => (document.title = 'connected'));
      document.querySelector('input').addEventListener('keydown', async (event) => {
        if (event.key !== 'Enter') return;
        const message = { id: crypto.randomUUID(), text: event.target.value };
        event.target.value = '';
        await keep(message);
        draw(message);
        socket.emit('message', message);
      });
    </script>`;
}

async function relayPage(path: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(relay + path);
  await page.waitForFunction(() => document.title === 'connected');
  return page;
}
