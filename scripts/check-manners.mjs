// What must never stand in the repository: where somebody's machine keeps things, and where a lock was made.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from './project-files.mjs';

const TEXT = /\.(?:tsx?|mjs|js|json|md|css|html|svg|webmanifest|ya?ml|sh|txt)$|(?:^|\/)(?:run|\.gitignore|\.npmrc)$/;
const LONGEST_FILE_BYTES = 2_000_000;
/** @type {[RegExp, string][]} */
const FORBIDDEN = [
  [/(?<![\w/.])\/(?:home|Users|root|work)\/[\w.-]+/, 'a path of somebody’s machine'],
  [/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/, 'a lock entry with a private registry’s address'],
  [/^\s*(?:registry|\/\/[^\s]+:_authToken)\s*=/m, 'a registry setting'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/^(?:<{7}|>{7}) /m, 'a merge conflict'],
  [/\b(?:TODO|FIXME|XXX)\b/, 'a note instead of the work'],
];

/**
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkManners(root) {
  /** @type {string[]} */
  const wrong = [];
  for (const file of projectFiles(root)) {
    if (/(?:^|\/)\.\.?\/|\.(?:orig|rej|bak|swp)$|(?:^|\/)(?:\.env|\.npmrc)$/.test(file))
      wrong.push(`${file}: not for the repository`);
    const bytes = readFileSync(join(root, file));
    if (bytes.length > LONGEST_FILE_BYTES) wrong.push(`${file}: ${bytes.length} bytes`);
    // This file names what it looks for, and so does the test that shows it failing.
    if (!TEXT.test(file) || /check-manners\.mjs$|^tests\/checkers\//.test(file)) continue;
    const source = bytes.toString();
    for (const [pattern, what] of FORBIDDEN) {
      const found = pattern.exec(source);
      if (found === null) continue;
      wrong.push(`${file}:${source.slice(0, found.index).split('\n').length}: ${what} (${found[0].trim()})`);
    }
  }
  return wrong;
}
