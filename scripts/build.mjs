// Builds app and server into a folder: `node scripts/build.mjs FOLDER`. `setup.mjs` decides when, and puts it in place.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Each becomes `dist/server/<name>.js`; the engine's worker and process are files of their own because they start by path. */
function serverEntries() {
  /** @type {Record<string, string>} */
  const entries = {
    main: 'sync-server/main.ts',
    worker: 'sync-server/database/embedded/worker.ts',
    database: 'sync-server/database/embedded/process.ts',
  };
  const cli = join(root, 'sync-server', 'cli');
  const commands = existsSync(cli) ? readdirSync(cli).filter((name) => /^[a-z-]+\.ts$/.test(name)) : [];
  for (const name of commands) entries[name.replace(/\.ts$/, '')] = join('sync-server', 'cli', name);
  return entries;
}

/**
 * For code that runs under Node. Libraries stay outside; our own `#…` imports are bundled.
 *
 * @param {Record<string, string>} input @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
export function nodeBuild(input, outDir) {
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
      rolldownOptions: { input, output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' } },
    },
  };
}

/** @param {string} outDir */
export function serverBuild(outDir) {
  return nodeBuild(serverEntries(), outDir);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv;
  if (folder === undefined) {
    process.stderr.write('usage: node scripts/build.mjs FOLDER\n');
    process.exit(2);
  }
  // Vite reads it when React's own development build must stay out.
  process.env.NODE_ENV = 'production';
  await build(serverBuild(resolve(folder, 'server')));
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: resolve(folder, 'app'), emptyOutDir: true },
  });
}
