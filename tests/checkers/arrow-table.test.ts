import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lint, root } from './checked-folder.fixture.ts';

/*
 * Who may import whom, as one table: every pair of a layer and a target that it doesn't list is a forbidden arrow, and each
 * of them is tried. Libraries and the ways of importing are in arrows.test.ts.
 */

const features = [
  'conversation',
  'conversation-list',
  'details',
  'people',
  'session',
  'media',
  'search',
  'notifications',
  'settings',
];
const appFolders = ['shell', 'local-store', 'sync', 'http', 'state', 'i18n', 'ui', 'service-worker', ...features];
const serverFolders = ['streams', 'live', 'http', 'auth', 'media', 'push', 'search', 'database', 'cli'];

const app = (...folders: string[]) => folders.map((folder) => `#app/${folder}/`);
const server = (...folders: string[]) => folders.map((folder) => `#server/${folder}/`);
const stateAndHttp = ['#protocol/', '#app/sync/status.ts', '#app/local-store/device.ts'];
const seenByFeatures = [
  '#protocol/',
  ...app('ui', 'i18n', 'state', 'http', 'local-store'),
  '#app/sync/outbox.ts',
  '#app/sync/client.ts',
  '#app/sync/status.ts',
];
const domain = ['#protocol/', ...server('database'), '#server/logging.ts'];
const edge = ['#protocol/', ...server('streams', 'auth', 'media', 'push', 'search'), '#server/logging.ts'];

/** From a folder, beginnings of what it may import; itself comes on top. */
const mayImport: Record<string, string[]> = {
  protocol: [],
  'app/ui': [],
  'app/i18n': [],
  'app/local-store': ['#protocol/'],
  'app/sync': ['#protocol/', ...app('local-store')],
  'app/state': stateAndHttp,
  'app/http': stateAndHttp,
  ...Object.fromEntries(features.map((feature) => [`app/${feature}`, seenByFeatures])),
  'app/shell': [...seenByFeatures, ...app('sync', ...features)],
  'app/service-worker': ['#protocol/', ...app('local-store', 'sync', 'i18n')],
  'sync-server/streams': ['#protocol/', ...server('database')],
  'sync-server/live': edge,
  'sync-server/http': [...edge, '#server/config.ts'],
  'sync-server/auth': domain,
  'sync-server/media': domain,
  'sync-server/push': domain,
  'sync-server/search': domain,
  'sync-server/database': [],
  'sync-server/database/embedded': [],
  'sync-server/cli': ['#protocol/', '#server/'],
};

const targets = [
  '#protocol/ids.ts',
  ...appFolders.map((folder) => `#app/${folder}/some.ts`),
  '#app/main.tsx',
  '#app/sync/status.ts',
  '#app/sync/outbox.ts',
  '#app/sync/client.ts',
  '#app/sync/engine.ts',
  '#app/local-store/device.ts',
  ...serverFolders.map((folder) => `#server/${folder}/some.ts`),
  '#server/database/embedded/some.ts',
  '#server/server.ts',
  '#server/config.ts',
  '#server/logging.ts',
];

const own = (folder: string) => `#${folder.replace(/^sync-server/, 'server')}/`;
const pairs = Object.entries(mayImport).flatMap(([folder, allowed]) =>
  targets.map((target, at) => ({
    file: `${folder}/from${at}.ts`,
    sentence: `${folder} → ${target}`,
    target,
    isAllowed: [own(folder), ...allowed].some((beginning) => target.startsWith(beginning)),
  })),
);

describe('the table of import arrows', () => {
  it('is what the lint refuses and what it lets pass, for every pair', () => {
    const found = lint(Object.fromEntries(pairs.map(({ file, target }) => [file, `export { x } from '${target}';`])));
    const refused = new Set(
      found.filter(({ code }) => code === 'eslint(no-restricted-imports)').map(({ file }) => file),
    );
    const sentences = (isRefused: boolean, list: typeof pairs) =>
      list.filter(({ file }) => refused.has(file) === isRefused).map(({ sentence }) => sentence);
    const [allowed, forbidden] = [pairs.filter((pair) => pair.isAllowed), pairs.filter((pair) => !pair.isAllowed)];
    expect({ passed: sentences(false, forbidden), refused: sentences(true, allowed) }).toEqual({
      passed: [],
      refused: [],
    });
    expect(forbidden.length).toBeGreaterThan(400);
  });

  it('names every folder that there is', () => {
    const folders = ['app', 'sync-server'].flatMap((top) =>
      readdirSync(join(root, top), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${top}/${entry.name}`),
    );
    expect(folders.filter((folder) => mayImport[folder] === undefined)).toEqual([]);
  });
});
