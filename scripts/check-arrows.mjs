// The table of permitted imports, and the check that every import in the product follows it.
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';
import { projectFiles } from './repository.mjs';

/** Both sides parse with the protocol's schemas, so whatever may import the protocol may import the schema library. */
const PROTOCOL = ['protocol', 'valibot'];
const REACT = ['react', 'wouter', 'lucide-react', 'dexie-react-hooks', '@tanstack/react-virtual'];
const SEEN_BY_FEATURES = [
  ...PROTOCOL,
  ...REACT,
  'app/ui',
  'app/i18n',
  'app/links',
  'app/state',
  'app/http',
  'app/emoji',
  'app/password',
  'app/reports',
  'app/scheduling',
  'app/unsent',
  'app/media',
  'app/push',
  'app/connection',
  'app/local-store',
  'app/ops',
  'app/shown',
  // A feature writes to the outbox and reads the connection's status; the rest of the sync engine is out of its reach.
  'app/sync/outbox.ts',
  'app/sync/client.ts',
  'app/sync/status.ts',
];
const FEATURES = [
  'app/administration',
  'app/conversation',
  'app/conversation-list',
  'app/details',
  'app/people',
  'app/search',
  'app/session',
  'app/settings',
];
const BEFORE_SIGN_IN = ['app/sync/status.ts', 'app/sync/obstacle.ts', 'app/local-store/device.ts'];
const QUERY_LIMIT = 'sync-server/database/query-limit.ts';
const EDGE = [
  ...PROTOCOL,
  'sync-server/streams',
  'sync-server/auth',
  'sync-server/logging.ts',
  'sync-server/metrics.ts',
  'node:',
];

/**
 * For each folder (or, with `/*`, for the files directly in it): the folders, files and libraries that it may import. A folder
 * may always import from itself. Whatever is not listed is forbidden, and a folder without an entry here fails the check.
 *
 * @type {Record<string, string[]>}
 */
export const ARROWS = {
  protocol: ['valibot'],

  'app/ops': PROTOCOL,
  'app/local-store': [...PROTOCOL, 'app/ops', 'dexie', 'fake-indexeddb'],
  'app/shown': [...PROTOCOL, 'app/ops', 'app/local-store'],
  'app/sync': [...PROTOCOL, 'app/ops', 'app/local-store', 'socket.io-client'],
  'app/state': [...PROTOCOL, ...BEFORE_SIGN_IN, 'react', 'react-redux', '@reduxjs/toolkit', 'redux-persist'],
  'app/http': [...PROTOCOL, ...BEFORE_SIGN_IN, '@reduxjs/toolkit', '@simplewebauthn/browser'],
  'app/i18n': ['protocol/limits.ts', 'protocol/markup.ts', 'protocol/names.ts', '@lingui/core', '@lingui/react'],
  'app/links': [...PROTOCOL, 'app/ui', 'app/i18n', 'react', 'wouter', 'lucide-react'],
  'app/ui': ['react', 'radix-ui', 'lucide-react', 'uqr'],
  'app/media': [
    ...PROTOCOL,
    ...REACT,
    'react-dom',
    'app/ui',
    'app/i18n',
    'app/links',
    'app/local-store',
    'app/ops',
    'app/shown',
    'app/sync/client.ts',
    'app/sync/backoff.ts',
    'app/sync/obstacle.ts',
    'app/scheduling',
    'react-image-crop',
    'thumbhash',
    'tus-js-client',
  ],
  'app/emoji': ['app/ui', 'app/i18n', 'app/state', 'react', 'radix-ui', 'lucide-react', 'frimousse', 'virtual:'],
  'app/unsent': ['app/ui', 'app/i18n', 'react'],
  'app/scheduling': ['app/ui', 'app/i18n', 'protocol/record.ts', 'react'],
  'app/password': ['app/ui', 'app/i18n', 'app/http', 'react', 'lucide-react'],
  'app/reports': [
    ...PROTOCOL,
    'react',
    'dexie-react-hooks',
    'app/ui',
    'app/i18n',
    'app/local-store',
    'app/ops',
    'app/sync/client.ts',
  ],
  'app/push': SEEN_BY_FEATURES,
  'app/connection': SEEN_BY_FEATURES,
  ...Object.fromEntries(FEATURES.map((feature) => [feature, SEEN_BY_FEATURES])),
  'app/conversation': [
    ...SEEN_BY_FEATURES,
    'mdast',
    'mdast-util-from-markdown',
    'mdast-util-gfm-strikethrough',
    'micromark-extension-gfm-strikethrough',
  ],
  'app/shell': [...SEEN_BY_FEATURES, ...FEATURES, 'app/sync', 'react-redux', 'workbox-window'],
  'app/service-worker': [
    ...PROTOCOL,
    'app/ops',
    'app/local-store',
    'app/shown',
    'app/sync',
    'app/i18n',
    'app/media/files-wanted.ts',
    'app/media/picture-of.ts',
    'app/media/post-file.ts',
    'app/media/readable.ts',
    'app/media/send-poster.ts',
    'app/ui/server-clock.ts',
    'workbox-precaching',
    'workbox-routing',
  ],
  'app/*': ['app', 'react', 'react-dom', 'react-redux', 'wouter', '@lingui/core', '@lingui/react'],

  // The engine is what drivers connect to, so it knows none of them.
  'sync-server/database/embedded': [
    'sync-server/collect-when-quiet.ts',
    'bson',
    'lmdb',
    'sorted-btree',
    ...node('crypto events fs net os path timers/promises util worker_threads zlib'),
  ],
  'sync-server/database': ['sync-server/database/embedded', 'mongoose', 'mongodb', ...node('crypto fs net path')],
  // Streams know neither HTTP nor sockets: they call the `announce` function that they are given.
  'sync-server/streams': [...PROTOCOL, 'sync-server/database', 'mongoose', 'mongodb'],
  'sync-server/followers': [
    ...PROTOCOL,
    'sync-server/streams',
    'sync-server/database',
    'sync-server/logging.ts',
    'mongoose',
    'mongodb',
  ],
  'sync-server/search': [
    ...PROTOCOL,
    'sync-server/streams',
    'sync-server/followers',
    'sync-server/database',
    'mongoose',
    'mongodb',
  ],
  'sync-server/group-links': [...PROTOCOL, 'sync-server/streams', QUERY_LIMIT, 'mongoose', ...node('crypto')],
  'sync-server/reports': [...PROTOCOL, 'sync-server/streams', QUERY_LIMIT, 'mongoose', ...node('crypto')],
  'sync-server/privacy': [...PROTOCOL, 'sync-server/streams', 'mongoose'],
  'sync-server/media': [
    ...PROTOCOL,
    'sync-server/streams',
    'sync-server/database',
    'mongoose',
    '@tus/server',
    '@tus/file-store',
    'aws4fetch',
    'sharp',
    'file-type',
    'thumbhash',
    'node:',
  ],
  'sync-server/email': ['sync-server/config.ts', 'sync-server/logging.ts', QUERY_LIMIT, 'mongoose', 'nodemailer'],
  'sync-server/auth': [
    ...PROTOCOL,
    'sync-server/email',
    'sync-server/database',
    'sync-server/logging.ts',
    'better-auth',
    '@better-auth/core',
    '@simplewebauthn/server',
    '@zxcvbn-ts/language-common',
    'mongoose',
    'node:',
  ],
  'sync-server/push': [
    ...PROTOCOL,
    'sync-server/streams',
    'sync-server/followers/consumer.ts',
    'sync-server/database/connect.ts',
    'sync-server/database/in-background.ts',
    'sync-server/logging.ts',
    'sync-server/metrics.ts',
    'mongoose',
    'web-push',
    ...node('crypto dns http https net'),
  ],
  'sync-server/scheduled': [
    ...PROTOCOL,
    'sync-server/streams',
    'sync-server/followers',
    'sync-server/logging.ts',
    'mongoose',
  ],
  'sync-server/live': [...EDGE, 'socket.io', 'socket.io-parser', 'ws', 'redis'],
  'sync-server/export': [...PROTOCOL, 'sync-server/streams', 'sync-server/media', 'fflate'],
  'sync-server/http': [
    ...EDGE,
    'sync-server/search',
    'sync-server/group-links',
    'sync-server/privacy',
    'sync-server/media',
    'sync-server/export',
    'sync-server/config.ts',
    'sync-server/push/open-push.ts',
    'fastify',
    '@fastify/helmet',
    '@fastify/multipart',
    '@fastify/proxy-addr',
    '@fastify/static',
  ],
  'sync-server/*': [...PROTOCOL, 'sync-server', 'fastify', '@fastify/compress', 'socket.io', 'node:'],
};

/** Tests and the code that only they use. They may import anything; nothing else may import them. */
const TEST_CODE = /\.(?:test|contract|fixture|testing)\.tsx?$|\/testing(?:\/|\.ts$)|^(?:tests|bench)\//;

/**
 * @param {string} root
 * @returns {string[]} what is wrong
 */
export function checkArrows(root) {
  const files = projectFiles(root).filter((file) => /^(?:app|protocol|sync-server)\/.*\.tsx?$/.test(file));
  return files.filter((file) => !TEST_CODE.test(file)).flatMap((file) => wrongImports(root, file));
}

/** @param {string} root @param {string} file @returns {string[]} */
function wrongImports(root, file) {
  const from = lineOf(file);
  if (from === undefined) return [`${file}: its folder has no line in the table of scripts/check-arrows.mjs`];
  const allowed = [from, ...(ARROWS[from] ?? [])];
  return importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap((imported) => {
    const target = pathOf(file, imported);
    if (TEST_CODE.test(target)) return [`${file} imports ${imported}, which only tests may`];
    return allowed.some((begin) => isWithin(target, begin)) ? [] : [`${file} imports ${imported}: ${from} may not`];
  });
}

/** The innermost folder of the table that holds the file. @param {string} file @returns {string | undefined} */
function lineOf(file) {
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (ARROWS[folder] !== undefined) return folder;
  }
  const direct = `${posix.dirname(file)}/*`;
  return ARROWS[direct] === undefined ? undefined : direct;
}

/** @param {string} file @param {string} source @returns {string[]} every specifier: of values, types, re-exports and lazy imports */
function importsOf(file, source) {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) =>
      source.slice(start, end).replaceAll(/^['"]|['"]$/g, ''),
    ),
  ];
}

/** A path from the top of the repository for our own files; a library keeps its name. @param {string} file @param {string} imported */
function pathOf(file, imported) {
  if (imported.startsWith('.')) return posix.join(posix.dirname(file), imported);
  return imported.replace(/^#server\//, 'sync-server/').replace(/^#/, '');
}

/** @param {string} target @param {string} begin a folder, a file, a library, `folder/*` or `node:` */
function isWithin(target, begin) {
  if (begin.endsWith('/*')) return `${posix.dirname(target)}/*` === begin;
  return target === begin || target.startsWith(begin.endsWith(':') ? begin : `${begin}/`);
}

/** @param {string} names */
function node(names) {
  return names.split(' ').map((name) => `node:${name}`);
}
