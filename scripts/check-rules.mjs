// docs/protocol.md against the code, both ways: every rule is cited by the name of a test, every citation is of a rule;
// and a rule that holds over both transports is cited where tests run over both.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from './project-files.mjs';

const RULE = /^- \*\*([A-Z]{2}\d+)\*\* /gm;
/** A test's name, up to its closing quote. */
const TEST_NAME = /\b(?:test|it|describe)(?:\.[\w.]+)?(?:\([^()'"`]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
/** Ids of other lists (asks, security, the checklist) have another form. */
const CITATION = /\[([A-Z]{2}\d+)\]/g;

/** Every test in there runs once per transport. */
const BOTH_TRANSPORTS = 'tests/transports/';

/**
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkRules(root) {
  const page = join(root, 'docs', 'protocol.md');
  if (!existsSync(page)) return ['docs/protocol.md is missing'];
  const text = readFileSync(page, 'utf8');
  const rules = [...text.matchAll(RULE)].map(([, id]) => String(id));
  const oneSided = oneSidedIn(text);
  /** @type {Set<string>} */
  const cited = new Set();
  /** @type {Set<string>} */
  const citedForBoth = new Set();
  const wrong = rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `${id} is defined twice`);
  for (const file of projectFiles(root).filter((path) => /\.(?:tsx?|mjs)$/.test(path))) {
    // There stand the fixtures that show this check failing.
    if (file.startsWith('tests/checkers/')) continue;
    const source = readFileSync(join(root, file), 'utf8');
    for (const id of idsIn(source)) {
      if (!rules.includes(id)) wrong.push(`${file} cites ${id}, which docs/protocol.md does not define`);
    }
    if (!/\.(?:test|contract)\.tsx?$/.test(file)) continue;
    for (const [, , name = ''] of source.matchAll(TEST_NAME)) {
      for (const id of idsIn(name)) {
        cited.add(id);
        if (file.startsWith(BOTH_TRANSPORTS)) citedForBoth.add(id);
      }
    }
  }
  const isForBoth = (/** @type {string} */ id) => !oneSided.has(id) && !oneSided.has(id.slice(0, 2));
  return [
    ...wrong,
    ...rules.filter((id) => !cited.has(id)).map((id) => `${id} is cited by no test`),
    ...rules
      .filter((id) => cited.has(id) && isForBoth(id) && !citedForBoth.has(id))
      .map((id) => `${id} is not one-sided, and no test in ${BOTH_TRANSPORTS} cites it`),
  ];
}

/** Rules, or beginnings of rules, that the page's table says to hold on one side alone. @param {string} page @returns {Set<string>} */
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
