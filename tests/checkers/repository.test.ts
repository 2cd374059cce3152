import { describe, expect, it } from 'vitest';
import { checker, withFiles } from './checked-folder.fixture.ts';

describe('rules and the tests that cite them', async () => {
  const { checkCitations } = await checker<{ checkCitations: (root: string) => string[] }>('repository');
  const page =
    '## Where a rule holds\n\n| the socket | AP1, LV |\n\n## Append\n\n- **AP1** Durable.\n- **AP2** Once.\n';
  const pages = {
    'docs/protocol.md': page,
    'docs/requirements.md': '- **SEC-04** Closed.\n- **ask 5** Once.\n- **C5** Still.\n',
  };
  const proofs = {
    'tests/transports/a.test.ts': `it.each([f()])('[AP2] once, %i', () => {});\n`,
    'app/a.test.ts': `it(\`[AP1] [SEC-04] [ask 5] [C5] \${1} times\`, () => {});\n`,
  };

  it('pass if every rule is cited by a test’s name and every citation is of a rule', () => {
    const text = '/** Serves [AP1] and [C5]; [a1], [ABC] and [AP-1] are no citations. */\n';
    expect(withFiles({ ...pages, ...proofs, 'app/a.ts': text }, checkCitations)).toEqual([]);
  });

  it('fail if a rule of either page is cited by no test’s name, for example only by a comment', () => {
    const comment = '// [AP2] [SEC-04] [ask 5] [C5]\n';
    const files = { ...pages, 'app/a.test.ts': `${comment}it('[AP1] is durable', () => {});\n` };
    expect(withFiles(files, checkCitations)).toEqual(
      ['AP2', 'SEC-04', 'ask 5', 'C5'].map((id) => `${id} is cited by no test`),
    );
  });

  it.each(['XY1', 'AP9', 'SEC-99', 'ask 6', 'C6'])(
    'fail if code, a style sheet or a test cites %s, which is not a rule',
    (id) => {
      const files = {
        'app/a.css': `/* [${id}] */\n`,
        'app/b.ts': `/** Serves [${id}]. */\n`,
        'app/c.test.ts': `it('[${id}] is no rule', () => {});\n`,
      };
      expect(withFiles({ ...pages, ...proofs, ...files }, checkCitations)).toEqual(
        Object.keys(files).map((file) => `${file} cites ${id}, which is no rule`),
      );
    },
  );

  it('fail if a rule is defined twice, on one page or on both', () => {
    const files = { ...pages, ...proofs, 'docs/requirements.md': `${pages['docs/requirements.md']}- **AP1** Again.\n` };
    expect(withFiles(files, checkCitations)).toEqual(['AP1 is defined twice']);
  });

  it('fail if a rule of both transports is tested over neither or one; a one-sided rule needs only one', () => {
    const files = {
      ...pages,
      ...proofs,
      'docs/protocol.md': `${page}- **LV1** Live.\n`,
      'sync-server/a.test.ts': `it('[AP2] [LV1] over the socket', () => {});\n`,
      'tests/transports/a.test.ts': '// Of [AP2].\n',
    };
    expect(withFiles(files, checkCitations)).toEqual([
      'AP2 is not one-sided, and no test in tests/transports/ cites it',
    ]);
  });

  it('fail if a page is missing', () => {
    expect(withFiles({ 'docs/protocol.md': page }, checkCitations)).toEqual(['docs/requirements.md is missing']);
  });
});

describe('the repository', async () => {
  const { checkRepository } = await checker<{ checkRepository: (root: string) => string[] }>('repository');

  it.each<[string, string, string]>([
    ['a path of somebody’s machine', 'docs/a.md', 'See /home/ana/notes.'],
    ['a private registry', 'package-lock.json', '"resolved": "https://npm.example.com/a.tgz"'],
    ['a registry setting', 'a.txt', 'registry=https://npm.example.com'],
    ['a private key', 'a.txt', '-----BEGIN PRIVATE KEY-----'],
    ['a conflict', 'a.ts', '<<<<<<< HEAD\n'],
    ['a note instead of the work', 'a.ts', '// TODO later'],
    ['a file of settings', '.env', 'A=1'],
    ['a leftover', 'a.ts.orig', ''],
    ['a huge file', 'a.png', 'a'.repeat(2_000_001)],
  ])('refuses %s', (_what, file, text) => {
    const wrong = withFiles({ [file]: text, 'b.ts': 'export {};\n' }, checkRepository);
    expect(wrong.map((line) => line.split(':')[0])).toEqual([file]);
  });

  it('passes if it contains none of them', () => {
    expect(withFiles({ 'a.ts': '// Served from /api/users.\n' }, checkRepository)).toEqual([]);
  });
});
