// The repository's own files, and what must never be in them: paths of somebody's machine, secrets, leftovers.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const NOT_OURS = /(^|\/)(node_modules|dist|data|\.git|\.cache|coverage)(\/|$)/;

/**
 * The project's own files, as paths with `/`: what git knows or would add, or everything in a folder without git.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function projectFiles(root) {
  if (existsSync(join(root, '.git'))) {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
    return listed.filter((path) => path !== '' && existsSync(join(root, path)));
  }
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'));
  return found
    .filter((path) => !NOT_OURS.test(path) && statSync(join(root, path)).isFile())
    .map((path) => relative('.', path));
}

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
export function checkRepository(root) {
  /** @type {string[]} */
  const wrong = [];
  for (const file of projectFiles(root)) {
    if (/(?:^|\/)\.\.?\/|\.(?:orig|rej|bak|swp)$|(?:^|\/)(?:\.env|\.npmrc)$/.test(file))
      wrong.push(`${file}: not for the repository`);
    const bytes = readFileSync(join(root, file));
    if (bytes.length > LONGEST_FILE_BYTES) wrong.push(`${file}: ${bytes.length} bytes`);
    // This file contains what it looks for, and so does the test that shows it failing.
    if (!TEXT.test(file) || /scripts\/repository\.mjs$|^tests\/checkers\//.test(file)) continue;
    const source = bytes.toString();
    for (const [pattern, what] of FORBIDDEN) {
      const found = pattern.exec(source);
      if (found === null) continue;
      wrong.push(`${file}:${source.slice(0, found.index).split('\n').length}: ${what} (${found[0].trim()})`);
    }
  }
  return wrong;
}
