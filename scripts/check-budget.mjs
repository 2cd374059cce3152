// The size of the first load: every script that a screen needs before it can be shown, after gzip. A browser that takes brotli
// gets a tenth less.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * A screen, and the lazy chunks that it waits for, by the names of their source files. What connects the device is fetched once the
 * list is shown, and so is the code of a chat with the words that the first screens do not need.
 *
 * @typedef {{ screen: string, chunks: string[], limitKib: number }} Budget
 */

/** @type {Budget[]} */
const BUDGETS = [
  { screen: 'the sign-in screen', chunks: ['SignedOut'], limitKib: 104 },
  { screen: 'the list of chats', chunks: ['Person'], limitKib: 165 },
  { screen: 'a chat', chunks: ['Person', 'ChatPage', 'chat-english'], limitKib: 214 },
];

/**
 * The page's scripts, what it preloads, the named chunks, and everything that those import statically.
 *
 * @param {string} dist the built app
 * @param {string[]} [chunks]
 * @returns {Map<string, number>} file to bytes after gzip
 */
export function firstLoad(dist, chunks = []) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const tags = [...page.matchAll(/<(?:script|link)\b[^>]*>/g)].map(([tag]) => tag);
  const wanted = tags.flatMap((tag) => {
    if (tag.startsWith('<link') && !/rel="?modulepreload/.test(tag)) return [];
    const [, path] = /(?:src|href)="?([^"\s>]+)/.exec(tag) ?? [];
    return path === undefined ? [] : [path.replace(/^\.?\//, '')];
  });
  if (chunks.length > 0) {
    const built = readdirSync(join(dist, 'assets'));
    for (const chunk of chunks) {
      const file = built.find((name) => name.startsWith(`${chunk}-`) && name.endsWith('.js'));
      if (file === undefined) throw new Error(`the build has no chunk of ${chunk}`);
      wanted.push(`assets/${file}`);
    }
  }
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const file of wanted) {
    if (sizes.has(file)) continue;
    const source = readFileSync(join(dist, file));
    sizes.set(file, gzipSync(source, { level: 9 }).length);
    for (const [, path = ''] of source.toString().matchAll(/(?:from|import)\s*["'](\.{0,2}\/[^"']+\.js)["']/g)) {
      wanted.push(path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(file), path));
    }
  }
  return sizes;
}

/**
 * @param {string} dist @param {Budget[]} [budgets]
 * @returns {string[]} what is wrong
 */
export function checkBudget(dist, budgets = BUDGETS) {
  if (!existsSync(join(dist, 'index.html'))) return [`${dist} holds no built app`];
  return budgets.flatMap(({ screen, chunks, limitKib }) => {
    const sizes = firstLoad(dist, chunks);
    if (sizes.size === 0) return ['the page names no script'];
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (total <= limitKib * 1024) return [];
    const parts = [...sizes].toSorted(([, a], [, b]) => b - a).map(([file, size]) => `${kib(size)} ${file}`);
    return [`${screen}: ${kib(total)} of JavaScript after gzip; the budget is ${limitKib} KiB`, ...parts];
  });
}

/** @param {number} bytes */
function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
