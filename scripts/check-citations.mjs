// The rules of docs/protocol.md and docs/requirements.md against the code, both ways: the name of some test cites every rule, and
// whatever is cited is a rule. A rule of the protocol that holds over both transports is cited where tests run over both.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from './repository.mjs';

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
