import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { takeKey } from './keys.ts';

const ENTER = 13;

describe('keys and the input method', () => {
  it.each([
    ['a key', { keyCode: ENTER, isComposing: false }, true],
    ['a key of React', { keyCode: ENTER, nativeEvent: { isComposing: false } }, true],
    ['a key during a composition', { keyCode: ENTER, isComposing: true }, false],
    ['the same of React', { keyCode: ENTER, nativeEvent: { isComposing: true } }, false],
    ['the key that ends a composition in Safari', { keyCode: 229, isComposing: false }, false],
  ])('%s', (_name, event, isOurs) => {
    const handled: unknown[] = [];
    takeKey(event, (given) => handled.push(given));
    expect(handled).toEqual(isOurs ? [event] : []);
  });

  it('no key handler of the app bypasses them', () => {
    const bypassing = readdirSync('app', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/u.test(file) && !file.includes('.test.'))
      .flatMap((file) => handlersIn(readFileSync(`app/${file}`, 'utf8')).map((handler) => `${file}: ${handler}`))
      .filter((found) => !/: \(event\) =>\s+(?:takeKey\(event,|shieldKey\(event\))/.test(found));
    expect(bypassing).toEqual([]);
  });

  it.each([
    ['<input onKeyDown={send} />', 'send'],
    ['<input onKeyUp={(event) => send(event)} />', '(event) => send(event)'],
    [`addEventListener('keydown', send)`, 'send'],
    ['field.onkeydown = send', 'send'],
  ])('%s would be found', (text, handler) => {
    expect(handlersIn(text)).toEqual([expect.stringContaining(handler)]);
  });
});

/** How each handler for keys begins. */
function handlersIn(text: string): string[] {
  const found = text.matchAll(
    /onKey(?:Down|Up|Press)(?:Capture)?[=:] ?\{?|addEventListener\('key(?:down|up|press)', *|\.onkey\w+ = /gu,
  );
  return [...found]
    .map((match) => text.slice(match.index + match[0].length, match.index + match[0].length + 60).trim())
    .filter((start) => !start.startsWith('(event: KeyboardEvent) => void;'));
}
