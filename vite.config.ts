import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { emojiData } from './app/emoji/emoji-data.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Vitest reads this file too; its tests see the project from the top and need no plug-in. */
const isTest = process.env['VITEST'] !== undefined;

/** Puts the style sheet after what the page shows while it loads: in the head it would delay the first paint. Scripts still wait for it. */
function styleAfterSplash(): Plugin {
  return {
    name: 'style-after-splash',
    transformIndexHtml: {
      order: 'post',
      handler: (page) => {
        const [sheet = ''] = /^ *<link rel="stylesheet"[^>]*>\n/m.exec(page) ?? [];
        return page.replace(sheet, '').replace('</body>', `${sheet}</body>`);
      },
    },
  };
}

/** The plug-in that builds the service worker asks for one file by an option that the bundler has renamed, and reports each step. */
function oneQuietFile(): Plugin {
  return {
    name: 'one-quiet-file',
    config: () => ({ logLevel: 'warn' }),
    // oxlint-disable-next-line typescript/no-deprecated -- the option that has to go
    outputOptions: ({ inlineDynamicImports: _, ...output }) => ({ ...output, codeSplitting: false }),
  };
}

/** The system fetches these when the app is installed; the app shows none of them. */
const INSTALLED_ICONS = ['icons/{icon-512,maskable-512,apple-touch-icon}.png'];

/** The page's own script, and what both the sign-in screen and the list need: otherwise the former would load all of the latter. */
const STARTS =
  /\/app\/main\.tsx$|\/ui\/(?:Shapes\.module\.css|use-bounded-text\.ts)$|\/protocol\/version\.ts$|\/lucide-react\/.*\/createLucideIcon/;

/**
 * The chunks of the first screens, with all that later ones share with them: otherwise what two of them share would be a chunk, and
 * a request, of its own. The English words of the first two are in them, so that they need no request either. The libraries are
 * apart, because most updates of the app leave them as they are, and in the browser's cache.
 */
const firstScreens = [
  { name: 'libraries', test: /\/node_modules\//, tags: ['$initial' as const], priority: 5 },
  { name: 'list-libraries', test: /\/node_modules\/dexie/, priority: 4 },
  { name: 'start', test: STARTS, priority: 3 },
  { name: 'Person', test: /\/shell\/Person\.tsx$|\/i18n\/list-english\.ts$/, priority: 2 },
  { name: 'SignedOut', test: /\/shell\/SignedOut\.tsx$|\/i18n\/account-english\.ts$/, priority: 1.5 },
  { name: 'ChatPage', test: /\/shell\/ChatPage\.tsx$/, priority: 1 },
  { name: 'engine', test: /\/(?:sync\/engine-over-server|local-store\/engine-writes)\.ts$/, priority: 0.5 },
];

const app: UserConfig = {
  root: here('./app'),
  publicDir: here('./public'),
  build: {
    outDir: here('./dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    // What a dialog's code imports besides is asked for one round trip later, and only until the service worker has kept it all: the names
    // of those files took more than a kilobyte of what the list waits for. The list itself waits for no round trip more than it has to.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (file, needed, { hostType }) =>
        hostType === 'html'
          ? needed
          : needed.filter((each) => file.includes('/Person-') && each.includes('/list-libraries-')),
    },
    rolldownOptions: { output: { codeSplitting: { groups: firstScreens } } },
  },
  resolve: {
    alias: isTest
      ? {}
      : {
          // The build for present browsers; the package names the one for ES5.
          dexie: here('./node_modules/dexie/dist/modern/dexie.mjs'),
          // The router asks for a stand-in that serves versions of React before 18.
          'use-sync-external-store/shim/index.js': 'react',
          // The router's parser of path patterns, which the app does not use.
          regexparam: here('./app/links/no-patterns.ts'),
          'decode-named-character-reference': here('./app/conversation/no-character-references.ts'),
        },
  },
  // The app imports `protocol/`, which is beside it.
  server: { fs: { allow: [here('.')] } },
  plugins: [
    react(),
    emojiData(),
    styleAfterSplash(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'service-worker',
      filename: 'sw.ts',
      // public/manifest.webmanifest is written by hand, and the app registers the worker itself.
      manifest: false,
      injectRegister: false,
      injectManifest: {
        buildPlugins: { vite: [oneQuietFile()] },
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'],
        // The emojis are kept after the first use instead: most people never open the picker in a second language. A sign-in on a
        // shared computer needs the network anyway.
        globIgnores: ['assets/*emojis-*.js', 'assets/share-computer-*.js', ...INSTALLED_ICONS],
      },
    }),
  ],
};

// A limit here only ends a test that hangs, because machines may be slow and shared. The long run repeats ten times as much.
const hangsAfterMs = process.env['TEST_LONG'] === undefined ? 180_000 : 1_800_000;
const patience = {
  testTimeout: hangsAfterMs,
  hookTimeout: 180_000,
  // One second by default, which a loaded machine may need for a page.
  expect: { poll: { timeout: Number(process.env['PATIENCE_MS'] ?? 45_000), interval: 100 } },
};
// One process for many files: loading the libraries anew for each file took as long as a third of the tests.
const together = { isolate: false };

export default defineConfig({
  ...(isTest ? { root: here('.') } : app),
  test: {
    projects: [
      // One project: its files share the transformed sources and, in each process, the loaded libraries; and while tests of killed
      // servers wait, others use the processor.
      {
        test: {
          name: 'unit',
          include: [
            '{protocol,sync-server,app}/**/*.test.{ts,tsx}',
            'tests/{checkers,scripts,simulation,hostile,faults,transports,links}/**/*.test.ts',
          ],
          setupFiles: [here('./tests/quick-hashes.mjs')],
          ...together,
          ...patience,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          ...together,
          ...patience,
        },
      },
    ],
  },
});
