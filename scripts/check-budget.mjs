// The weight of the first load: every script that the page needs before it can show anything, compressed as the server sends it.
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_KIB = 200;

/**
 * The page's scripts, what it preloads, and everything that those import statically.
 *
 * @param {string} dist the built app
 * @returns {Map<string, number>} file to bytes after gzip
 */
export function firstLoad(dist) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const tags = [...page.matchAll(/<(?:script|link)\b[^>]*>/g)].map(([tag]) => tag);
  const wanted = tags.flatMap((tag) => {
    if (tag.startsWith('<link') && !/rel="?modulepreload/.test(tag)) return [];
    const [, path] = /(?:src|href)="?([^"\s>]+)/.exec(tag) ?? [];
    return path === undefined ? [] : [path.replace(/^\.?\//, '')];
  });
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
 * @param {string} dist @param {number} [limitKib]
 * @returns {string[]} what is wrong
 */
export function checkBudget(dist, limitKib = LIMIT_KIB) {
  if (!existsSync(join(dist, 'index.html'))) return [`${dist} holds no built app`];
  const sizes = firstLoad(dist);
  if (sizes.size === 0) return ['the page names no script'];
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total <= limitKib * 1024) return [];
  const parts = [...sizes].toSorted(([, a], [, b]) => b - a).map(([file, size]) => `${kib(size)} ${file}`);
  return [`the first load is ${kib(total)} of JavaScript after gzip; the budget is ${limitKib} KiB`, ...parts];
}

/** @param {number} bytes */
function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
