import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lint, root } from './checked-folder.fixture.ts';

/** For each rule that the configuration names as an error, a file that breaks it; and for some rules of the enabled categories. */
const broken: Record<string, string> = {
  'import/no-cycle': `import { b } from './cycle.ts';\nexport const a = () => b;`,
  'import/no-commonjs': `module.exports = {};`,
  'oxc/no-barrel-file': `export * from './cycle.ts';`,
  'no-var': `export var a = 1;`,
  'no-unused-vars': `const a = 1;\nexport {};`,
  'no-console': `console.log('a');`,
  'no-empty': `try {\n  JSON.parse('a');\n} catch {}`,
  'no-alert': `alert('a');`,
  'no-proto': `export const a = {}.__proto__;`,
  eqeqeq: `export const a = (b: unknown) => b == 1;`,
  'no-sequences': `export const a = () => (parseInt('1', 10), 2);`,
  'no-fallthrough': `export function a(b: number) {\n  switch (b) {\n    case 1:\n      b += 1;\n    case 2:\n      b += 2;\n  }\n  return b;\n}`,
  'no-throw-literal': `export function a() {\n  throw 'a';\n}`,
  'no-else-return': `export function a(b: boolean) {\n  if (b) {\n    return 1;\n  } else {\n    return 2;\n  }\n}`,
  'prefer-const': `let a = 1;\nexport const b = a;`,
  'no-return-assign': `let a = 1;\nexport function b() {\n  return a = 2;\n}`,
  'no-self-compare': `export const a = (b: number) => b === b;`,
  'no-constructor-return': `export class A {\n  constructor() {\n    return {};\n  }\n}`,
  radix: `export const a = parseInt('1');`,
  'typescript/no-explicit-any': `export const a = (b: any) => Boolean(b);`,
  'typescript/no-non-null-assertion': `export const a = (b?: string) => b!;`,
  'typescript/no-misused-promises': `[1].forEach(async () => {\n  await Promise.resolve();\n});`,
  'typescript/switch-exhaustiveness-check': `export function a(b: 'x' | 'y') {\n  switch (b) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n}`,
  'typescript/only-throw-error': `export function a(b: { c: number }) {\n  throw b;\n}`,
  'typescript/no-unsafe-argument': `export const a = parseInt(JSON.parse('1'), 10);`,
  'typescript/no-unsafe-assignment': `const a = JSON.parse('1');\nexport const b = Boolean(a);`,
  'typescript/no-unsafe-call': `JSON.parse('1')();`,
  'typescript/no-unsafe-member-access': `export const a = Boolean(JSON.parse('1').b);`,
  'typescript/no-unsafe-return': `export const a = (): number => JSON.parse('1');`,
  'typescript/prefer-promise-reject-errors': `export const a = Promise.reject('a');`,
  'typescript/restrict-plus-operands': `export const a = (b: string, c: unknown[]) => b + c;`,
  'typescript/return-await': `export async function a() {\n  try {\n    return Promise.resolve(1);\n  } catch {\n    return 2;\n  }\n}`,
  'typescript/no-deprecated': `/** @deprecated */\nfunction old() {\n  return 1;\n}\nexport const a = old();`,
  'typescript/no-import-type-side-effects': `import { type A } from './cycle.ts';\nexport type B = A;`,
  'typescript/consistent-type-imports': `import { A } from './cycle.ts';\nexport type B = A;`,
  'typescript/ban-ts-comment': `// @ts-nocheck\nexport const a = 1;`,
  'typescript/no-empty-object-type': `export type A = {};`,
  'typescript/no-namespace': `export namespace A {\n  export const b = 1;\n}`,
  'typescript/no-require-imports': `export const a = require('node:fs');`,
  'typescript/use-unknown-in-catch-callback-variable': `export const a = Promise.resolve(1).catch((error) => Boolean(error));`,
  'typescript/prefer-ts-expect-error': `// @ts-ignore\nexport const a: number = 'a';`,
  'unicorn/prefer-node-protocol': `export { readFileSync } from 'fs';`,
  'unicorn/no-abusive-eslint-disable': `/* eslint-disable */\nexport const a = 1;`,
  'unicorn/no-document-cookie': `document.cookie = 'a=b';`,
  'unicorn/throw-new-error': `export function a() {\n  throw Error('a');\n}`,
  'vitest/valid-expect': `import { expect, it } from 'vitest';\nit('a', () => {\n  expect(1);\n});`,
  'react/no-danger': `export const A = () => <p dangerouslySetInnerHTML={{ __html: 'a' }} />;`,
  'react/rules-of-hooks': `import { useState } from 'react';\nexport function A({ b }: { b: boolean }) {\n  if (b) useState(1);\n  return null;\n}`,
  'react/exhaustive-deps': `import { useEffect } from 'react';\nexport function A({ b }: { b: () => void }) {\n  useEffect(() => b(), []);\n  return null;\n}`,
  // Of the enabled categories.
  'typescript/no-floating-promises': `Promise.resolve(1);`,
  'typescript/await-thenable': `export async function a() {\n  await 1;\n}`,
  'react/refs': `import { useRef } from 'react';\nexport function A() {\n  const b = useRef(1);\n  return b.current;\n}`,
  'react/set-state-in-effect': `import { useEffect, useState } from 'react';\nexport function A({ c }: { c: number }) {\n  const [b, setB] = useState(1);\n  useEffect(() => setB(c), [c]);\n  return b;\n}`,
  'jsx-a11y/alt-text': `export const A = () => <img src="a" />;`,
  'vitest/no-disabled-tests': `import { expect, it } from 'vitest';\nit.skip('a', () => {\n  expect(1).toBe(1);\n});`,
  'vitest/no-focused-tests': `import { expect, it } from 'vitest';\nit.only('a', () => {\n  expect(1).toBe(1);\n});`,
};

/** As the tool names it in its output: two of React's rules keep the name of their old plug-in. */
function asCode(rule: string): string {
  const [plugin, name] = rule.includes('/') ? rule.split('/') : ['eslint', rule];
  return `${name === 'rules-of-hooks' || name === 'exhaustive-deps' ? 'react-hooks' : plugin}(${name})`;
}

const fileOf = (rule: string, at: number) => `app/sync/broken${at}${rule.startsWith('vitest') ? '.test' : ''}.tsx`;

describe('lint', () => {
  const rules = Object.keys(broken);
  const files = Object.fromEntries(rules.map((rule, at) => [fileOf(rule, at), `${broken[rule]}\n`]));

  it('refuses a file for each rule, by that rule', () => {
    const cycle = `import { a } from './${fileOf('', 0).slice('app/sync/'.length)}';\nexport const b = () => a;\nexport type A = 1;\n`;
    const found = lint({ ...files, 'app/sync/cycle.ts': cycle });
    const isFound = (rule: string, at: number) =>
      found.some(({ code, file }) => file === fileOf(rule, at) && code === asCode(rule));
    expect(rules.filter((rule, at) => !isFound(rule, at))).toEqual([]);
  });

  it('has such a file for every rule that the configuration names as an error', () => {
    const { rules: named } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
      rules: Record<string, unknown>;
    };
    const errors = Object.keys(named).filter((rule) => [named[rule]].flat()[0] === 'error');
    expect(errors.filter((rule) => broken[rule] === undefined)).toEqual(['no-restricted-imports']);
  });

  it('refuses a comment that silences nothing', () => {
    const found = lint({ 'app/sync/a.ts': '// oxlint-disable-next-line no-var\nexport const a = 1;\n' });
    expect(found.map(({ file }) => file)).toEqual(['app/sync/a.ts']);
  });

  it('passes a file that breaks no rule', () => {
    expect(lint({ 'app/sync/a.ts': 'export const a = 1;\n' })).toEqual([]);
  });
});
