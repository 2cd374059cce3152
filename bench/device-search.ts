import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import type { measure as Measure } from './device-search-page.ts';

/*
 * Searching the messages on a device in Chromium, some by their sender or for links: with the index, beside reading every message, and beside an index of Dexie's with
 * a key for every word of a message. The rows that the last one would still have to read are not counted.
 * `npm run bench bench/device-search.ts [messages] [queries]`; CHROMIUM_PATH names a browser
 */
const messages = Number(process.argv[2] ?? 100_000);
const queries = Number(process.argv[3] ?? 40);
const say = (line: string) => process.stdout.write(`${line}\n`);

const bundled = await build({
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: { write: false, rolldownOptions: { input: 'bench/device-search-page.ts' } },
});
const [output] = Array.isArray(bundled) ? bundled : [bundled];
const script = output !== undefined && 'output' in output ? output.output[0].code : '';
const server = createServer(({ url }, answer) => {
  answer.setHeader('content-type', url === '/page.js' ? 'text/javascript' : 'text/html');
  answer.end(url === '/page.js' ? script : '<script type="module" src="/page.js"></script>');
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'measure' in globalThis);
  const found = await page.evaluate(
    ([count, asked]) => (globalThis as unknown as { measure: typeof Measure }).measure(count, asked),
    [messages, queries] as const,
  );
  const { textBytes, indexBytes, multiEntryBytes } = found;
  const share = (bytes: number) => `${Math.round((100 * bytes) / textBytes)} % of the text`;
  say(`${messages} messages, ${Math.round(textBytes / 1024)} KiB of text, ${queries} queries`);
  say(
    `with the index: ${times(found.indexed)}; the first query ${Math.round(found.firstMs)} ms; ${share(indexBytes)}; made in ${seconds(found.buildMs)}`,
  );
  say(
    `with a key for every word: ${times(found.multiEntry)}; ${share(multiEntryBytes)} on the disk; made in ${seconds(found.multiEntryBuildMs)}`,
  );
  say(`reading every message: ${times(found.scanned)}`);
  say(`queries with other hits than by reading every message: ${found.wrong.length} ${found.wrong.join(', ')}`);
} finally {
  await browser.close();
  server.close();
}

function times(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
