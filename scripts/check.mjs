// `npm run check`: everything that can be checked without running the code, and the weight of the built app.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkBudget } from './check-budget.mjs';
import { checkCitations, checkRepository } from './repository.mjs';
import { setUpOrExit } from './setup.mjs';

/** What is linted. A list, so that nothing built or installed is linted. */
const LINTED = ['app', 'protocol', 'sync-server', 'scripts', 'tests', 'bench', 'vite.config.ts'];

/**
 * @param {string} root
 * @returns {Promise<import('./test.mjs').Counts>} failures: a check's name and its first line
 */
export async function runChecks(root) {
  // Imported here, because it needs the libraries, which `npm run check` may have to install first.
  const { checkArrows } = await import('./check-arrows.mjs');
  /** @param {string} path @param {string[]} args */
  const tool =
    (path, ...args) =>
    () =>
      run(root, [join(root, 'node_modules', ...path.split('/')), ...args]);
  const linted = LINTED.filter((path) => existsSync(join(root, path)));
  /** @type {[string, () => string[] | Promise<string[]>][]} a check returns what is wrong, in lines */
  const checks = [
    ['format', tool('oxfmt/bin/oxfmt', '--check')],
    ['lint and import circles', tool('oxlint/bin/oxlint', '-f', 'unix', ...linted)],
    ['import arrows', () => checkArrows(root)],
    ['types, layer by layer', tool('typescript/bin/tsc', '-b')],
    ['dead code and libraries', tool('knip/bin/knip.js', '--no-progress')],
    ['rules and the tests that cite them', () => checkCitations(root)],
    ['files of the repository', () => checkRepository(root)],
    ['weight of the first load', () => checkBudget(join(root, 'dist', 'app'))],
  ];
  const counts = { passed: 0, failed: 0, failures: /** @type {string[]} */ ([]) };
  for (const [name, check] of checks) {
    const wrong = await check();
    if (wrong.length === 0) counts.passed += 1;
    else {
      counts.failed += 1;
      counts.failures.push(`${name}: ${wrong[0]}`);
    }
    process.stdout.write(`${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
    for (const line of wrong) process.stdout.write(`       ${line}\n`);
  }
  return counts;
}

/**
 * What a command printed, in lines, if it failed; otherwise nothing.
 *
 * @param {string} root @param {string[]} args
 * @returns {Promise<string[]>}
 */
function run(root, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? [] : [...said.trimEnd().split('\n'), `(exit code ${code})`]));
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUpOrExit();
  const { passed, failed } = await runChecks(fileURLToPath(new URL('..', import.meta.url)));
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
