// `node scripts/run-ts.mjs FILE.ts [args]`: bundles one TypeScript file (Node 20 runs none) and runs it; its exit code is ours.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';
import { nodeBuild, root } from './build.mjs';

const [, , file, ...args] = process.argv;
if (file === undefined) {
  process.stderr.write('usage: node scripts/run-ts.mjs FILE.ts [arguments]\n');
  process.exit(2);
}
mkdirSync(join(root, '.cache'), { recursive: true });
// Inside the project, so that the bundle finds node_modules; a folder of its own, so that two runs never meet.
const folder = mkdtempSync(join(root, '.cache', 'run-'));
const name = basename(file).replace(/\.tsx?$/, '');
try {
  await build(nodeBuild({ [name]: resolve(file) }, folder));
  process.exitCode = await run([...process.execArgv, '--enable-source-maps', join(folder, `${name}.js`), ...args]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string[]} nodeArgs @returns {Promise<number>} */
function run(nodeArgs) {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, nodeArgs, { stdio: 'inherit' });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.once('error', reject);
    child.once('close', (code, signal) => settle(code ?? (signal === null ? 1 : 128)));
  });
}
