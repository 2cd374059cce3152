import { describe, expect, it } from 'vitest';
import { checker, lint, withFiles } from './checked-folder.fixture.ts';

describe('import arrows', async () => {
  const { ARROWS, checkArrows } = await checker<{
    ARROWS: Record<string, string[]>;
    checkArrows: (root: string) => string[];
  }>('check-arrows');
  const lines = Object.keys(ARROWS);

  it('every pair of a folder and a target that the table does not list is refused, and every listed pair passes', () => {
    const targets = [...new Set([...lines, ...Object.values(ARROWS).flat()])].map(sampleOf);
    const pairs = lines.flatMap((from) => targets.map((target) => ({ from, target })));
    const fileOf = (from: string, at: number) => `${from.replace('/*', '')}/from${at}.ts`;
    const files = pairs.map(({ from, target }, at) => [fileOf(from, at), `export { x } from '${target}';`]);
    const said = withFiles(Object.fromEntries(files) as Record<string, string>, checkArrows);
    const refused = new Set(said.map((line) => line.split(' ')[0]));
    const isListed = ({ from, target }: (typeof pairs)[number]) =>
      [from, ...(ARROWS[from] ?? [])].some((line) => reaches(line, target));
    expect(pairs.filter((pair, at) => refused.has(fileOf(pair.from, at)) === isListed(pair))).toEqual([]);
    expect(pairs.filter((pair) => !isListed(pair)).length).toBeGreaterThan(800);
  });

  it.each([
    ['protocol/a.ts', '#app/sync/client.ts'],
    ['protocol/a.ts', 'node:fs'],
    ['app/ui/a.ts', '#protocol/ids.ts'],
    ['app/ops/a.ts', '#app/local-store/local-store.ts'],
    ['app/local-store/a.ts', 'react'],
    ['app/local-store/a.ts', 'socket.io-client'],
    ['app/shown/a.ts', '#app/sync/client.ts'],
    ['app/shown/a.ts', 'react'],
    ['app/sync/a.ts', '#app/state/store.ts'],
    ['app/sync/a.ts', 'dexie'],
    ['app/state/a.ts', '#app/local-store/local-store.ts'],
    ['app/conversation/a.ts', '#app/conversation-list/a.ts'],
    ['app/conversation/a.ts', '#app/sync/engine.ts'],
    ['app/conversation/a.ts', 'dexie'],
    ['app/service-worker/a.ts', '#app/state/store.ts'],
    ['app/main.tsx', '#server/config.ts'],
    ['sync-server/main.ts', '#app/sync/client.ts'],
    ['sync-server/database/a.ts', '#server/streams/streams.ts'],
    ['sync-server/database/embedded/a.ts', '#server/database/open.ts'],
    ['sync-server/database/embedded/a.ts', 'mongoose'],
    ['sync-server/streams/append/a.ts', '#server/live/connection.ts'],
    ['sync-server/streams/a.ts', '#server/followers/a.ts'],
    ['sync-server/streams/a.ts', 'fastify'],
    ['sync-server/followers/a.ts', '#server/live/connection.ts'],
    ['sync-server/auth/routes/a.ts', '#server/streams/streams.ts'],
    ['sync-server/http/a.ts', '#server/live/a.ts'],
    ['sync-server/live/a.ts', '#server/database/open.ts'],
    ['sync-server/live/a.ts', 'mongodb'],
  ])('the table forbids %s → %s', (file, imported) => {
    expect(check({ [file]: `import '${imported}';` })).toEqual([
      expect.stringContaining(`${file} imports ${imported}: `),
    ]);
  });

  it.each([
    ['an import', `import { x } from '#app/state/store.ts';`],
    ['an import of a type', `import type { X } from '#app/state/store.ts';`],
    ['an export from', `export { x } from '#app/state/store.ts';`],
    ['an export of everything', `export * from '#app/state/store.ts';`],
    ['a lazy import', `export const x = () => import('#app/state/store.ts');`],
    ['a way around through the folders', `import { x } from './deep/../../state/store.ts';`],
  ])('refuses %s', (_way, text) => {
    expect(check({ 'app/sync/a.ts': text })).toHaveLength(1);
  });

  it('refuses a folder that the table does not name', () => {
    expect(check({ 'app/new/a.ts': '', 'sync-server/new/a.ts': '', 'sync-server/streams/new/a.ts': '' })).toEqual([
      'app/new/a.ts: its folder has no line in the table of scripts/check-arrows.mjs',
      'sync-server/new/a.ts: its folder has no line in the table of scripts/check-arrows.mjs',
    ]);
  });

  it('lets only tests import what is made for tests, and lets tests import anything', () => {
    const made = ['#server/streams/testing/world.ts', '#server/database/embedded/testing.ts', '#app/sync/a.fixture.ts'];
    const text = made.map((path) => `import '${path}';\n`).join('');
    expect(check({ 'sync-server/server.ts': text })).toHaveLength(made.length);
    const tests = ['streams/a.test.ts', 'streams/testing/a.ts', 'streams/a.fixture.ts', 'database/embedded/testing.ts'];
    const files = Object.fromEntries(tests.map((file) => [`sync-server/${file}`, `${text}import '#app/main.tsx';`]));
    expect(check(files)).toEqual([]);
  });

  function check(files: Record<string, string>): string[] {
    return withFiles(files, checkArrows);
  }
});

/** How a line of the table is imported: a file of the folder that it names, the file, or the library. */
function sampleOf(line: string): string {
  if (line === 'node:') return 'node:http';
  if (!isOurs(line)) return line;
  const path = `#${line.replace(/^sync-server/, 'server')}`;
  return /\.tsx?$/.test(path) ? path : `${path.replace('/*', '')}/some.ts`;
}

/** Whether a line of the table, `protocol` or `node:` for example, permits what is imported. */
function reaches(line: string, imported: string): boolean {
  const sample = sampleOf(line);
  if (line === 'node:') return imported.startsWith(line);
  const isFolder = isOurs(line) && !line.endsWith('/*') && sample.endsWith('/some.ts');
  return isFolder ? imported.startsWith(sample.replace('some.ts', '')) : imported === sample;
}

function isOurs(line: string): boolean {
  return /^(?:app|protocol|sync-server)\b/.test(line);
}

describe('import circles', () => {
  it.each([
    ['of values', `import { b } from './b.ts';\nexport const a = () => b;\n`],
    ['of types', `import type { B } from './b.ts';\nexport type A = B[];\n`],
    ['of types, through a layer’s name', `import type { B } from '#app/sync/b.ts';\nexport type A = B[];\n`],
  ])('refuses one %s', (_what, a) => {
    const b = `import type { A } from './a.ts';\nexport type B = A | 1;\nexport const b = 1;\n`;
    const found = lint({ 'app/sync/a.ts': a, 'app/sync/b.ts': b });
    expect(found.map(({ code }) => code)).toContain('import(no-cycle)');
  });

  it('passes a file that is imported twice', () => {
    const text = `import type { B } from './b.ts';\nexport type A = B[];\n`;
    const found = lint({ 'app/sync/a.ts': text, 'app/sync/c.ts': text, 'app/sync/b.ts': `export type B = 1;\n` });
    expect(found).toEqual([]);
  });
});
