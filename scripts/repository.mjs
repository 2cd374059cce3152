// The repository's own files, and what is checked in all of them: no path of somebody's machine, no secret and no leftover is in
// them, and their tests cite the rules.
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

const PROTOCOL = 'docs/protocol.md';
const PAGES = [PROTOCOL, 'docs/requirements.md'];
/** Of the protocol: AP3. Of the requirements: SEC-04, ask 5, C5. */
const ID = String.raw`[A-Z]{2}\d+|[A-Z]{3}-\d\d|ask \d+|[A-Z]\d{1,2}`;
const RULE = new RegExp(String.raw`^- \*\*(${ID})\*\* `, 'gm');
const CITATION = new RegExp(String.raw`\[(${ID})\]`, 'g');
/** A test's name begins with what it proves. */
const PROOF = new RegExp(String.raw`['"\`]((?:\[(?:${ID})\] ?)+)`, 'g');

/** Every test in there runs once per transport. */
const BOTH_TRANSPORTS = 'tests/transports/';

/**
 * The rules of docs/protocol.md and docs/requirements.md against the code, both ways: the name of some test cites every rule, and
 * whatever is cited is a rule. A rule of the protocol that holds over both transports is cited where tests run over both.
 *
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkCitations(root) {
  const missing = PAGES.filter((page) => !existsSync(join(root, page)));
  if (missing.length > 0) return missing.map((page) => `${page} is missing`);
  const [protocol, rules] = [rulesOf(root, [PROTOCOL]), rulesOf(root, PAGES)];
  const wrong = rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `${id} is defined twice`);
  /** @type {Set<string>} */
  const cited = new Set();
  /** @type {Set<string>} */
  const citedForBoth = new Set();
  // The checkers' own tests are left out: they contain citations that must fail.
  const files = projectFiles(root).filter(
    (path) => /\.(?:tsx?|mjs|css)$/.test(path) && !path.startsWith('tests/checkers/'),
  );
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const id of idsIn(source)) if (!rules.includes(id)) wrong.push(`${file} cites ${id}, which is no rule`);
    if (!/\.(?:test|contract)\.tsx?$/.test(file)) continue;
    for (const id of [...source.matchAll(PROOF)].flatMap(([, proven = '']) => [...idsIn(proven)])) {
      cited.add(id);
      if (file.startsWith(BOTH_TRANSPORTS)) citedForBoth.add(id);
    }
  }
  const oneSided = oneSidedIn(readFileSync(join(root, PROTOCOL), 'utf8'));
  const isForBoth = (/** @type {string} */ id) => !oneSided.has(id) && !oneSided.has(id.slice(0, 2));
  return [
    ...wrong,
    ...rules.filter((id) => !cited.has(id)).map((id) => `${id} is cited by no test`),
    ...protocol
      .filter((id) => cited.has(id) && isForBoth(id) && !citedForBoth.has(id))
      .map((id) => `${id} is not one-sided, and no test in ${BOTH_TRANSPORTS} cites it`),
  ];
}

/** @param {string} root @param {string[]} pages @returns {string[]} */
function rulesOf(root, pages) {
  const texts = pages.map((page) => readFileSync(join(root, page), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(RULE)].map(([, id]) => String(id)));
}

/** Rules, or the letters that rules begin with, which the page's table limits to one side. @param {string} page @returns {Set<string>} */
function oneSidedIn(page) {
  const [, section = ''] = page.split('## Where a rule holds\n');
  const cells = [...(section.split('\n## ')[0] ?? '').matchAll(/^\|[^|]*\|([^|]*)\|$/gm)].map(([, cell]) =>
    String(cell),
  );
  return new Set(cells.flatMap((cell) => cell.match(/\b[A-Z]{2}\d*\b/g) ?? []));
}

/** @param {string} text @returns {Set<string>} */
function idsIn(text) {
  return new Set([...text.matchAll(CITATION)].map(([, id]) => String(id)));
}
