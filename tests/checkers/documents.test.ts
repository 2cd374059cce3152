import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checker, root } from './checked-folder.fixture.ts';

const { projectFiles } = await checker<{ projectFiles: (root: string) => string[] }>('repository');
const files = projectFiles(root);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** A text without the marks that begin the lines of a comment, and with single blanks. */
const flat = (text: string) => text.replace(/\s+(?:\*(?!\/) )?\s*/g, ' ');

/** The quotes of a page that are not in the files that they name. */
function wrongQuotes(page: string): string[] {
  const quotes = [...page.matchAll(/`([\w./-]+\.\w+)`: “([^”]+)”/g)];
  expect(quotes.length).toBeGreaterThan(0);
  return quotes
    .filter(([, path = '', quote = '']) => !files.includes(path) || !flat(read(path)).includes(flat(quote)))
    .map(([found]) => found);
}

/** The files that a page names and that do not exist. A name may leave out the folders before it. */
function missingFiles(page: string): string[] {
  const named = [...page.matchAll(/`([\w./-]+\.(?:tsx?|mjs|md))`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(0);
  return named.filter((path) => !files.some((file) => file === path || file.endsWith(`/${path}`)));
}

it('the examples in docs/style.md are lines of the files that they name', () => {
  expect(wrongQuotes(read('docs/style.md'))).toEqual([]);
  expect(wrongQuotes('`protocol/errors.ts`: “no such line”')).toHaveLength(1);
  expect(wrongQuotes('`protocol/none.ts`: “retryAfterMs?: number”')).toHaveLength(1);
});

it('the files that ARCHITECTURE.md and docs/style.md name exist', () => {
  expect(missingFiles(`${read('ARCHITECTURE.md')}\n${read('docs/style.md')}`)).toEqual([]);
  expect(missingFiles('`app/none.ts` and `errors.ts`')).toEqual(['app/none.ts']);
});
