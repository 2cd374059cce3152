import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Collection, MongoClient } from 'mongodb';
import { startEmbedded } from '#server/database/embedded/host.ts';
import { slowFlushLibrary } from '#server/database/embedded/testing/slow-flush.fixture.ts';
import { bundleEngine, startEngineProcess } from '#server/database/embedded/testing/engines.fixture.ts';

/*
 * The embedded database against its targets: ratios within one run, medians of interleaved rounds, with the engine in a
 * worker as the server runs it and every write flushed. `npm run bench bench/embedded.ts [rounds] [records in the large collection]`
 */
const rounds = Number(process.argv[2] ?? 5);
const LARGE = Number(process.argv[3] ?? 200_000);
const SMALL = 10_000;
const SCANNED = 20_000;
const WRITERS = 16;
const SLOW_MS = 20;

interface Message {
  _id: string;
  stream: string;
  rev: number;
  body: string;
}
type Messages = Collection<Message>;

const folder = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const bundle = await bundleEngine();
const taken = new Map<string, number[]>();
const note = (name: string, value: number) => taken.set(name, [...(taken.get(name) ?? []), value]);
const median = (values: readonly number[] = []) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The median of `times` sequential runs, milliseconds. */
async function each(times: number, work: (at: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let at = 0; at < times; at++) took.push(await timed(() => work(at)));
  return median(took);
}

let counter = 0;
const message = (at = ++counter, prefix = 'new'): Message => ({
  _id: `${prefix}-${at}`,
  stream: 'bench',
  rev: at,
  body: `{"text":"message ${at} of some forty characters, as people write"}`,
});

async function filled(client: MongoClient, name: string, records: number): Promise<Messages> {
  const docs = client.db('bench').collection<Message>(name);
  await docs.createIndex({ stream: 1, rev: 1 }, { unique: true }, {});
  for (let from = 0; from < records; from += 1_000)
    await docs.insertMany(Array.from({ length: 1_000 }, (_, at) => message(from + at, 'm')));
  return docs;
}

/** From the start of the worker to its first reply, for the data folder `dataDir`. */
async function start(name: string, dataDir: string): Promise<void> {
  const started = performance.now();
  const engine = await startEmbedded({ dataDir, workerUrl: bundle.workerUrl });
  const client = await new MongoClient(engine.uri).connect();
  await client.db('bench').command({ ping: 1 });
  note(name, performance.now() - started);
  await client.close();
  await engine.close();
}

async function stall(name: string, docs: Messages): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await docs.find({ body: 'nobody wrote this' }).toArray();
  delays.disable();
  note(name, delays.max / 1e6);
}

async function writes(plain: Messages): Promise<void> {
  const single = await timed(async () => {
    for (let n = 0; n < 60; n++) await plain.insertOne(message());
  });
  const each16 = 25;
  const concurrent = await timed(() =>
    Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let n = 0; n < each16; n++) await plain.insertOne(message());
      }),
    ),
  );
  note('single', 60_000 / single);
  note('concurrent', (WRITERS * each16 * 1000) / concurrent);
  note('together', (WRITERS * each16 * single) / (concurrent * 60));
  const many = await timed(async () => {
    for (let n = 0; n < 20; n++) await plain.insertMany(Array.from({ length: 100 }, () => message()));
  });
  note('many', 2_000_000 / many);
}

/** One document, a page forwards and a page backwards, at random places of the collection. */
async function reads(name: string, docs: Messages, records: number): Promise<void> {
  const anywhere = (at: number) => (at * 7_919) % records;
  note(`${name} point`, await each(300, (at) => docs.findOne({ _id: `m-${anywhere(at)}` })));
  const page = (rev: object, way: 1 | -1) =>
    docs.find({ stream: 'bench', rev }, { sort: { rev: way }, limit: 50 }).toArray();
  note(`${name} range`, await each(100, (at) => page({ $gt: anywhere(at) }, 1)));
  note(`${name} back`, await each(100, (at) => page({ $lt: anywhere(at) + 50 }, -1)));
}

/** Reads of one document while 16 writers write, in an engine whose flushes are slowed down. */
async function slowDisk(): Promise<void> {
  const library = slowFlushLibrary(folder, SLOW_MS);
  if (library === null) return;
  const env = { LD_PRELOAD: library };
  const engine = await startEngineProcess(bundle.processPath, join(folder, 'slow'), join(folder, 's', 'e.sock'), env);
  const client = await new MongoClient(engine.uri).connect();
  const docs = await filled(client, 'slow', 1_000);
  for (let round = 0; round < rounds; round++) {
    let isOver = false;
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!isOver) await docs.insertOne(message());
    });
    note('read beside slow flush', await each(200, (at) => docs.findOne({ _id: `m-${at}` })));
    isOver = true;
    await Promise.all(writers);
  }
  await client.close();
  await engine.kill('SIGTERM');
}

try {
  const dataDir = join(folder, 'd');
  const engine = await startEmbedded({ dataDir, workerUrl: bundle.workerUrl });
  const client = await new MongoClient(engine.uri).connect();
  const small = await filled(client, 'small', SMALL);
  const large = await filled(client, 'large', LARGE);
  const scanned = await filled(client, 'scanned', SCANNED);
  const plain = await filled(client, 'plain', 0);
  await reads('warm-up', large, LARGE);
  for (let round = 0; round < rounds; round++) {
    await writes(plain);
    // The driver's own limit in this process, which bounds every concurrent figure.
    const pings = await timed(() =>
      Promise.all(
        Array.from({ length: WRITERS }, async () => {
          for (let n = 0; n < 25; n++) await client.db('bench').command({ ping: 1 });
        }),
      ),
    );
    note('pings at once', (WRITERS * 25_000) / pings);
    note('ping', await each(300, () => client.db('bench').command({ ping: 1 })));
    await reads('small', small, SMALL);
    await reads('large', large, LARGE);
    await stall('stall', scanned);
  }
  await client.close();
  await engine.close();
  for (let round = 0; round < rounds; round++) {
    await start('start empty', join(folder, `empty-${round}`));
    await start('start full', dataDir);
  }
  await slowDisk();
  const of = (name: string) => median(taken.get(name));
  const grown = (name: string) => of(`large ${name}`) / of(`small ${name}`);
  const rows: [string, string, string][] = [
    ['start to first reply, empty folder', `${of('start empty').toFixed(0)} ms`, '≤ 500 ms'],
    [`start to first reply, ${LARGE} records`, `${of('start full').toFixed(0)} ms`, '≤ 500 ms'],
    [`longest stall of the host's loop, scan of ${SCANNED}`, `${of('stall').toFixed(1)} ms`, '≤ 20 ms'],
    ["point read, in the driver's pings", `${(of('ping') / of('small point')).toFixed(2)} ×`, '≥ 0.5 ×'],
    [`${WRITERS} durable inserts at once beside one`, `${of('together').toFixed(1)} ×`, '≥ 3 ×'],
    ['insertMany(100)', `${(of('many') / 1000).toFixed(1)} k docs/s`, '≥ 12 k docs/s'],
    ...['point', 'range', 'back'].map((name): [string, string, string] => [
      `${name}: ${LARGE} records beside ${SMALL}`,
      `${grown(name).toFixed(2)} ×`,
      '≤ 1.5 ×',
    ]),
    [
      `point read while ${WRITERS} write, flush + ${SLOW_MS} ms`,
      taken.has('read beside slow flush') ? `${of('read beside slow flush').toFixed(1)} ms` : 'no C compiler',
      '≤ 5 ms',
    ],
  ];
  for (const [name, value, aim] of rows) say(`${name.padEnd(52)}${value.padStart(16)}   ${aim}`);
  const raw = ['ping', 'small point', 'small range', 'small back', 'single', 'concurrent', 'pings at once'];
  say(`medians of ${rounds}: ${raw.map((name) => `${name} ${of(name).toFixed(2)}`).join(', ')} (ms; per s)`);
} finally {
  bundle.remove();
  rmSync(folder, { recursive: true, force: true });
}
