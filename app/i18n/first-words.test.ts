import { existsSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { english } from './english.ts';

const root = resolve(import.meta.dirname, '..', '..');
/** What the sign-in screen and the list of chats are made of: these files and all that they import statically. */
const sources = sourcesFrom(['app/main.tsx', 'app/shell/SignedOut.tsx', 'app/shell/Person.tsx']);
const lateKeys = Object.keys(english);

test('the first screens say only what their part of the catalogue has', () => {
  expect(sources.size).toBeGreaterThan(100);
  const wrong = [...sources].flatMap(([file, text]) => {
    // What an op's failure means is said in the chat only.
    if (file.startsWith('app/ops/')) return [];
    const prefixes = [...text.matchAll(/`(\w+\.)\$\{/g)].map(([, prefix = '']) => prefix);
    return lateKeys
      .filter((key) => text.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix)))
      .map((key) => `${file}: ${key}`);
  });
  expect(wrong).toEqual([]);
});

test('whatever they load later brings the other words with it', () => {
  const lazy = [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/lazyComponent\((?!load)(.*)/g)].map(([, loader = '']) => `${file}: ${loader}`),
  );
  expect(lazy.length).toBeGreaterThan(5);
  // Radix's menu has no words of its own, and whoever opens one brings them.
  expect(
    lazy.filter((each) => !/: (?:with(?:All|Later)Words\(|\(\) => import\('.*\/ActionMenu\.tsx'\))/.test(each)),
  ).toEqual([]);
});

function sourcesFrom(start: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const open = [...start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file) || !/\.tsx?$/.test(file) || !existsSync(join(root, file))) continue;
    const text = readFileSync(join(root, file), 'utf8');
    found.set(file, text);
    for (const [, imported = ''] of text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gm)) {
      if (imported.startsWith('.')) open.push(posix.join(posix.dirname(file), imported));
      else if (imported.startsWith('#')) open.push(imported.slice(1));
    }
  }
  return found;
}
