// Bundles TypeScript for Node, which runs none at version 20. `node scripts/build.mjs FOLDER` builds the app and the server into a
// folder (`setup.mjs` decides when, and puts it in place); `node scripts/build.mjs --run FILE.ts [arguments]` runs one file.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Libraries with binaries, and one that may be missing. */
const NOT_BUNDLED = ['sharp', 'lmdb', 'redis'];

/** Files of the app below this size do not get small enough by compression to matter. */
const LEAST_COMPRESSED_BYTES = 1_024;
/** One percent larger than at the highest quality, in half the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };

/**
 * Our own `#…` imports are bundled, and libraries stay outside.
 *
 * @param {Record<string, string>} input @param {string} outDir @param {{ comments?: boolean }} [output]
 * @returns {import('vite').InlineConfig}
 */
function nodeBuild(input, outDir, output) {
  return {
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', ...output },
      },
    },
  };
}

/** The engine's worker and process are entries of their own because they are started by path. @param {string} outDir @param {{ comments?: boolean }} [output] */
export function serverBuild(outDir, output) {
  const entries = {
    main: 'sync-server/main.ts',
    worker: 'sync-server/database/embedded/worker.ts',
    database: 'sync-server/database/embedded/process.ts',
  };
  return nodeBuild(entries, outDir, output);
}

/**
 * The server with its libraries, because finding and loading their thousands of files took half the time of a start. Comments are
 * a sixth of its text and took a tenth.
 *
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
function bundledServerBuild(outDir) {
  return {
    ...serverBuild(outDir, { comments: false }),
    plugins: [oneByteText],
    ssr: { noExternal: true, external: NOT_BUNDLED },
  };
}

/**
 * Escapes every character above U+00FF: V8 keeps the text of a script, with two bytes for each character if only one of them
 * needs that, and the server's text has nine million.
 *
 * @type {import('vite').Plugin}
 */
const oneByteText = {
  name: 'one-byte-text',
  generateBundle(_options, files) {
    const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\xff]/g, escaped);
  },
};

/** @param {string} folder */
async function buildAll(folder) {
  // Vite reads it, and then leaves out React's development build.
  process.env.NODE_ENV = 'production';
  await build(bundledServerBuild(resolve(folder, 'server')));
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: resolve(folder, 'app'), emptyOutDir: true },
  });
  await compressFiles(resolve(folder, 'app', 'assets'));
  // The worker's script is beside the page.
  await compressFiles(resolve(folder, 'app'));
}

/**
 * Writes `.br` and `.gz` beside each script and style sheet: so files that the server sends to every new device are compressed
 * once instead of each time.
 *
 * @param {string} folder
 */
async function compressFiles(folder) {
  const names = (await readdir(folder)).filter((name) => /\.(?:js|css)$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const content = await readFile(path);
      if (content.length < LEAST_COMPRESSED_BYTES) return;
      await writeFile(`${path}.br`, await promisify(brotliCompress)(content, BROTLI));
      await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
    }),
  );
}

/** @param {string} file @param {string[]} args @returns {Promise<number>} its exit code */
async function run(file, args) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  // Inside the project, so that the bundle finds node_modules; a folder of its own, so that two runs don't collide.
  const folder = mkdtempSync(join(root, '.cache', 'run-'));
  const name = basename(file).replace(/\.tsx?$/, '');
  try {
    await build(nodeBuild({ [name]: resolve(file) }, folder));
    const nodeArgs = [...process.execArgv, '--enable-source-maps', join(folder, `${name}.js`), ...args];
    const child = spawn(process.execPath, nodeArgs, { stdio: 'inherit' });
    process.on('SIGINT', () => child.kill('SIGINT')).on('SIGTERM', () => child.kill('SIGTERM'));
    return await new Promise((settle, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => settle(code ?? (signal === null ? 1 : 128)));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , first, file, ...args] = process.argv;
  if (first === '--run' && file !== undefined) process.exitCode = await run(file, args);
  else if (first !== undefined && !first.startsWith('-')) await buildAll(first);
  else {
    process.stderr.write('usage: node scripts/build.mjs FOLDER | --run FILE.ts [arguments]\n');
    process.exitCode = 2;
  }
}
