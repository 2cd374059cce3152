import { existsSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { accountEnglish } from './account-english.ts';
import { chatEnglish } from './chat-english.ts';
import { english } from './english.ts';
import { firstEnglish } from './first-english.ts';
import { laterEnglish } from './later-english.ts';
import { listEnglish } from './list-english.ts';
import { wordsWith, type Part } from './words.ts';

const root = resolve(import.meta.dirname, '..', '..');
const catalogues: Record<Part, object> = {
  first: firstEnglish,
  list: listEnglish,
  account: accountEnglish,
  chat: chatEnglish,
  rest: english,
  later: laterEnglish,
};
const partOf = new Map(
  Object.entries(catalogues).flatMap(([part, catalogue]) => Object.keys(catalogue).map((key) => [key, part as Part])),
);

interface Source {
  says: { key: string; part: Part }[];
  imported: string[];
  /** Code that is fetched when needed, and the words that are fetched with it. */
  lazy: { file: string; parts: readonly Part[] }[];
}

test('loaded code uses only words that are loaded with it', () => {
  const seen = new Map<string, Set<Part>>();
  const wrong = new Set<string>();
  const open = [{ file: 'app/main.tsx', parts: new Set<Part>(['first']) }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { file, parts } = next;
    const state = `${file} with ${[...parts].toSorted().join(', ')}`;
    if (seen.has(state)) continue;
    seen.set(state, parts);
    for (const [from, source] of staticallyFrom(file)) {
      for (const key of source.says) if (!parts.has(key.part)) wrong.add(`${from}: ${key.key}, ${state}`);
      for (const { file: to, parts: more } of source.lazy) open.push({ file: to, parts: new Set([...parts, ...more]) });
    }
  }
  // The chat is reached with its words, so the search finds what is loaded when needed.
  expect([...seen.keys()].filter((each) => each.startsWith('app/shell/ChatPage.tsx'))).toEqual([
    'app/shell/ChatPage.tsx with chat, first, list',
  ]);
  expect(seen.size).toBeGreaterThan(60);
  expect([...wrong]).toEqual([]);
});

function keysIn(file: string, text: string): { key: string; part: Part }[] {
  // The sentences about an op's failure are used by the views that show failures, and those load all words.
  if (file.startsWith('app/ops/') || file === 'app/i18n/words.ts' || isCatalogue(file)) return [];
  const prefixes = [...text.matchAll(/`(\w+\.(?:\w+\.)*)\$\{/g)].map(([, prefix = '']) => prefix);
  return [...partOf]
    .filter(([key]) => text.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix)))
    .map(([key, part]) => ({ key, part }));
}

function isCatalogue(file: string): boolean {
  return /^app\/i18n\/(?:\w+-)?(?:english|german)\.ts$/.test(file);
}

const closures = new Map<string, Map<string, Source>>();

function staticallyFrom(start: string): Map<string, Source> {
  const known = closures.get(start);
  if (known !== undefined) return known;
  const found = new Map<string, Source>();
  closures.set(start, found);
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    const source = sourceOf(file);
    found.set(file, source);
    open.push(...source.imported);
  }
  return found;
}

const sources = new Map<string, Source>();

function sourceOf(file: string): Source {
  let source = sources.get(file);
  if (source === undefined) sources.set(file, (source = read(file)));
  return source;
}

function read(file: string): Source {
  const text = readFileSync(join(root, file), 'utf8');
  const here = (path: string) =>
    path.startsWith('.') ? posix.join(posix.dirname(file), path) : path.startsWith('#') ? path.slice(1) : '';
  const isSource = (path: string) => /\.tsx?$/.test(path) && existsSync(join(root, path));
  const imported = [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gm)];
  const lazy = [...text.matchAll(/(?:((?:with\w+Words\(\s*)*)(?:async )?\(\) =>[^;]{0,80}?)?\bimport\('([^']+)'\)/g)];
  return {
    says: keysIn(file, text),
    imported: imported.map(([, path = '']) => here(path)).filter(isSource),
    lazy: lazy
      .map(([, wrappers = '', path = '']) => ({
        file: here(path),
        parts: [...wrappers.matchAll(/with\w+Words/g)].flatMap(([name]) => wordsWith[name as keyof typeof wordsWith]),
      }))
      .filter((each) => isSource(each.file)),
  };
}
