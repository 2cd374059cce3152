import { describe, expect, it } from 'vitest';
import { lint } from './checked-folder.fixture.ts';

/** The import arrows as sentences: from a file, what it must not import. One entry of the list per arrow of ARCHITECTURE.md. */
const forbidden: Pairs = [
  ['protocol/a.ts', '#app/sync/client.ts'],
  ['protocol/a.ts', '#server/config.ts'],
  ['protocol/a.ts', 'react'],
  ['protocol/a.ts', 'node:fs'],
  ['app/ui/a.ts', '#protocol/ids.ts'],
  ['app/ui/a.ts', '#app/i18n/words.ts'],
  ['app/ui/a.ts', 'dexie'],
  ['app/i18n/a.ts', '#app/state/store.ts'],
  ['app/local-store/a.ts', '#app/sync/client.ts'],
  ['app/local-store/a.ts', '#app/state/store.ts'],
  ['app/local-store/a.ts', 'react'],
  ['app/local-store/a.ts', 'socket.io-client'],
  ['app/sync/a.ts', '#app/state/store.ts'],
  ['app/sync/a.ts', '#app/http/request.ts'],
  ['app/sync/a.ts', '@reduxjs/toolkit'],
  ['app/sync/a.ts', 'react'],
  ['app/sync/a.ts', 'dexie'],
  ['app/state/a.ts', '#app/local-store/local-store.ts'],
  ['app/state/a.ts', '#app/sync/client.ts'],
  ['app/state/a.ts', '#app/conversation/a.ts'],
  ['app/state/a.ts', 'dexie'],
  ['app/http/a.ts', '#app/sync/client.ts'],
  ['app/http/a.ts', '#app/local-store/local-store.ts'],
  ['app/conversation/a.ts', '#app/conversation-list/a.ts'],
  ['app/conversation-list/a.ts', '#app/conversation/a.ts'],
  ['app/people/a.ts', '#app/session/a.ts'],
  ['app/session/a.ts', '#app/people/a.ts'],
  ['app/media/a.ts', '#app/conversation/a.ts'],
  ['app/search/a.ts', '#app/conversation/a.ts'],
  ['app/notifications/a.ts', '#app/conversation/a.ts'],
  ['app/settings/a.ts', '#app/session/a.ts'],
  ['app/conversation/a.ts', '#app/sync/engine.ts'],
  ['app/conversation/a.ts', '#app/shell/App.tsx'],
  ['app/conversation/a.ts', 'dexie'],
  ['app/conversation/a.ts', 'socket.io-client'],
  ['app/conversation/a.ts', 'node:path'],
  ['app/shell/a.ts', '#app/service-worker/sw.ts'],
  ['app/shell/a.ts', '#server/config.ts'],
  ['app/service-worker/a.ts', '#app/state/store.ts'],
  ['app/service-worker/a.ts', '#app/ui/Button.tsx'],
  ['app/service-worker/a.ts', 'react'],
  ['app/main.ts', '#server/config.ts'],
  ['sync-server/main.ts', '#app/sync/client.ts'],
  ['sync-server/server.ts', '#app/sync/client.ts'],
  ['sync-server/cli/a.ts', '#app/sync/client.ts'],
  ['sync-server/database/a.ts', '#server/streams/streams.ts'],
  ['sync-server/database/a.ts', '#protocol/ids.ts'],
  ['sync-server/database/a.ts', 'fastify'],
  ['sync-server/database/embedded/a.ts', '#server/database/open.ts'],
  ['sync-server/database/embedded/a.ts', '#protocol/ids.ts'],
  ['sync-server/database/embedded/a.ts', 'mongoose'],
  ['sync-server/streams/a.ts', '#server/live/connection.ts'],
  ['sync-server/streams/a.ts', '#server/push/a.ts'],
  ['sync-server/streams/a.ts', '#server/http/a.ts'],
  ['sync-server/streams/a.ts', '#server/auth/a.ts'],
  ['sync-server/streams/a.ts', 'fastify'],
  ['sync-server/streams/a.ts', 'socket.io'],
  ['sync-server/auth/a.ts', '#server/streams/streams.ts'],
  ['sync-server/auth/a.ts', '#server/live/a.ts'],
  ['sync-server/media/a.ts', '#server/auth/a.ts'],
  ['sync-server/push/a.ts', '#server/live/a.ts'],
  ['sync-server/search/a.ts', '#server/streams/append.ts'],
  ['sync-server/http/a.ts', '#server/live/a.ts'],
  ['sync-server/http/a.ts', '#server/database/open.ts'],
  ['sync-server/http/a.ts', 'mongoose'],
  ['sync-server/live/a.ts', '#server/http/a.ts'],
  ['sync-server/live/a.ts', '#server/database/open.ts'],
  ['sync-server/live/a.ts', 'mongodb'],
  ['protocol/deep/a.ts', '../ids.ts'],
  ['app/conversation/a.ts', '../ui/Button.tsx'],
  ['sync-server/streams/ops/a.ts', '../entry.ts'],
  ['sync-server/streams/a.test.ts', '../http/a.ts'],
];

const allowed: Pairs = [
  ['protocol/a.ts', './ids.ts'],
  ['protocol/a.ts', '#protocol/ids.ts'],
  ['protocol/a.ts', 'valibot'],
  ['app/ui/a.ts', 'react'],
  ['app/ui/a.ts', 'radix-ui'],
  ['app/ui/a.ts', 'lucide-react'],
  ['app/local-store/a.ts', '#protocol/ids.ts'],
  ['app/local-store/a.ts', 'dexie'],
  ['app/sync/a.ts', '#app/local-store/local-store.ts'],
  ['app/sync/a.ts', 'socket.io-client'],
  ['app/state/a.ts', '#app/sync/status.ts'],
  ['app/state/a.ts', '#app/local-store/device.ts'],
  ['app/conversation/a.ts', '#app/sync/outbox.ts'],
  ['app/conversation/a.ts', '#app/local-store/local-store.ts'],
  ['app/shell/a.ts', '#app/conversation/a.ts'],
  ['app/service-worker/a.ts', '#app/sync/client.ts'],
  ['sync-server/streams/ops/a.ts', '#server/streams/entry.ts'],
  ['sync-server/streams/a.ts', '#server/database/open.ts'],
  ['sync-server/streams/a.ts', 'mongoose'],
  ['sync-server/auth/a.ts', '#protocol/policies.ts'],
  ['sync-server/http/a.ts', '#server/streams/streams.ts'],
  ['sync-server/live/a.ts', '#server/auth/a.ts'],
  ['sync-server/server.ts', '#server/live/a.ts'],
  ['sync-server/streams/a.test.ts', '#app/sync/client.ts'],
];

type Pairs = readonly (readonly [from: string, imported: string])[];

/** Lints one file per pair, together where their names differ; answers the pairs refused. Nothing imported has to exist. */
function refusedOf(pairs: Pairs, text: (imported: string) => string): string[] {
  const places: Map<string, string>[] = [];
  for (const [at, [from, imported]] of pairs.entries()) {
    const file = from.replace(/\/a(?=\.)/, `/a${at}`);
    let place = places.find((taken) => !taken.has(file));
    // A root file keeps its name, for the arrows name it: its second import is linted in a second run.
    if (place === undefined) places.push((place = new Map<string, string>()));
    place.set(file, imported);
  }
  return places.flatMap((place) => {
    const files = Object.fromEntries([...place].map(([file, imported]) => [file, text(imported)]));
    const refused = lint(files).filter(({ code }) => code === 'eslint(no-restricted-imports)');
    return [...new Set(refused.map(({ file }) => `${file.replace(/\/a\d+(?=\.)/, '/a')} → ${place.get(file)}`))];
  });
}

const sentences = (pairs: Pairs) => pairs.map(([from, imported]) => `${from} → ${imported}`);

describe('import arrows', () => {
  it.each([
    ['an import', (path: string) => `import { x } from '${path}'; export const y = x;`],
    ['an import of a type', (path: string) => `import type { X } from '${path}'; export type Y = X;`],
    ['an export from', (path: string) => `export { x } from '${path}';`],
    ['an import when needed', (path: string) => `export const y = () => import('${path}');`],
  ])('every forbidden arrow is refused as %s', (_way, text) => {
    expect(refusedOf(forbidden, text).toSorted()).toEqual(sentences(forbidden).toSorted());
  });

  it('every allowed arrow passes', () => {
    expect(refusedOf(allowed, (path) => `import { x } from '${path}'; export const y = x;`)).toEqual([]);
  });
});
