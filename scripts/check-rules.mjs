// docs/protocol.md against the code, both ways: every rule is cited by the name of a test, every citation is of a rule.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from './project-files.mjs';

const RULE = /^- \*\*([A-Z]{2}\d+)\*\* /gm;
/** A test's name, up to its closing quote. */
const TEST_NAME = /\b(?:test|it|describe)(?:\.[\w.]+)?(?:\([^()'"`]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
/** Ids of other lists (asks, security, the checklist) have another form. */
const CITATION = /\[([A-Z]{2}\d+)\]/g;

/**
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkRules(root) {
  const page = join(root, 'docs', 'protocol.md');
  if (!existsSync(page)) return ['docs/protocol.md is missing'];
  const rules = [...readFileSync(page, 'utf8').matchAll(RULE)].map(([, id]) => String(id));
  /** @type {Set<string>} */
  const cited = new Set();
  const wrong = rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `${id} is defined twice`);
  for (const file of projectFiles(root).filter((path) => /\.(?:tsx?|mjs)$/.test(path))) {
    // There stand the fixtures that show this check failing.
    if (file.startsWith('tests/checkers/')) continue;
    const source = readFileSync(join(root, file), 'utf8');
    for (const id of idsIn(source)) {
      if (!rules.includes(id)) wrong.push(`${file} cites ${id}, which docs/protocol.md does not define`);
    }
    if (!/\.(?:test|contract)\.tsx?$/.test(file)) continue;
    for (const [, , name = ''] of source.matchAll(TEST_NAME)) for (const id of idsIn(name)) cited.add(id);
  }
  return [...wrong, ...rules.filter((id) => !cited.has(id)).map((id) => `${id} is cited by no test`)];
}

/** @param {string} text @returns {Set<string>} */
function idsIn(text) {
  return new Set([...text.matchAll(CITATION)].map(([, id]) => String(id)));
}
