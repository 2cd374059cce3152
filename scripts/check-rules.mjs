// docs/protocol.md against the tests, both ways: every rule is cited by the name of a test, every citation is of a rule.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles } from './project-files.mjs';

const RULE = /^- \*\*([A-Z]{2}\d+)\*\* /gm;
/** A test's name, up to its closing quote. */
const TEST_NAME = /\b(?:test|it|describe)(?:\.[\w.]+)?(?:\([^()'"`]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
const CITATION = /\[([A-Z]{2}\d+)\]/g;

/**
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkRules(root) {
  const page = join(root, 'docs', 'protocol.md');
  if (!existsSync(page)) return ['docs/protocol.md is missing'];
  const rules = [...readFileSync(page, 'utf8').matchAll(RULE)].map(([, id]) => String(id));
  const prefixes = new Set(rules.map((id) => id.slice(0, 2)));
  /** @type {Map<string, Set<string>>} rule to the files whose tests cite it */
  const cited = new Map();
  const wrong = rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `${id} is defined twice`);
  for (const file of projectFiles(root).filter((path) => /\.(?:test|contract)\.tsx?$/.test(path))) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const [, , name = ''] of source.matchAll(TEST_NAME)) {
      for (const [, id = ''] of name.matchAll(CITATION)) {
        // Ids of other lists (asks, security) look different or have other letters.
        if (!prefixes.has(id.slice(0, 2))) continue;
        if (rules.includes(id)) cited.set(id, (cited.get(id) ?? new Set()).add(file));
        else wrong.push(`${file} cites ${id}, which docs/protocol.md does not define`);
      }
    }
  }
  return [...wrong, ...rules.filter((id) => !cited.has(id)).map((id) => `${id} is cited by no test`)];
}
