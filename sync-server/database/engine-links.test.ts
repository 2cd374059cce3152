import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Embedded, startEmbedded } from './embedded/host.ts';
import { type EngineLinks, createEngineLinks } from './engine-links.ts';

const started: { embedded: Embedded; links: EngineLinks; dataDir: string }[] = [];

async function start(socketPath?: null) {
  const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-links-'));
  const embedded = await startEmbedded({ dataDir, durability: 'none', ...(socketPath === null && { socketPath }) });
  const links = createEngineLinks(embedded.uri, 'test');
  started.push({ embedded, links, dataDir });
  return { embedded, links };
}

afterEach(async () => {
  for (const { embedded, links, dataDir } of started.splice(0)) {
    links.close();
    await embedded.close();
    rmSync(dataDir, { recursive: true });
  }
});

const insert = (...ids: string[]) => ({ insert: 'things', documents: ids.map((_id) => ({ _id })), ordered: true });

it.each([undefined, null])(
  'commands at the same time each get their own answer, over a path or a port',
  async (path) => {
    const { links } = await start(path);

    const answers = await Promise.all([links.run(insert('a')), links.run(insert('b', 'c')), links.run({ ping: 1 })]);

    expect(answers.map(({ n }) => n as number | undefined)).toEqual([1, 2, undefined]);
  },
);

it('an answer says which document of an insert is taken, and a refused command rejects with its code', async () => {
  const { links } = await start();
  await links.run(insert('a'));

  expect(await links.run(insert('b', 'a', 'c'))).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11_000 }] });
  await expect(links.run({ unknown: 1 })).rejects.toMatchObject({ code: 59 });
});

it('a large command and a large answer arrive complete', async () => {
  const { links } = await start();
  const text = 'x'.repeat(3_000_000);

  await links.run({ insert: 'things', documents: [{ _id: 'large', text }] });

  const { cursor } = (await links.run({ find: 'things' })) as { cursor: { firstBatch: { text: string }[] } };
  expect(cursor.firstBatch[0]?.text).toBe(text);
});

it('commands reject once the engine is gone', async () => {
  const { embedded, links } = await start();
  await links.run({ ping: 1 });

  await embedded.close();
  rmSync(started.pop()?.dataDir as string, { recursive: true });

  await expect(links.run({ ping: 1 })).rejects.toThrow(/ended|ENOENT|ECONNREFUSED/);
  await expect(links.run({ ping: 1 })).rejects.toThrow(/ended|ENOENT|ECONNREFUSED/);
});
