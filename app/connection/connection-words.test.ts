import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { words } from '#app/i18n/words.ts';
import { connectionWords } from './connection-words.ts';

beforeAll(() => activateAllWords());
beforeAll(() => vi.stubGlobal('navigator', { languages: ['en-GB'] }));
afterAll(() => vi.unstubAllGlobals());

const now = new Date(2026, 10, 24, 14, 0);
const at = (hours: number, day = 24) => new Date(2026, 10, day, hours, 4).getTime();

test('being offline shows how many messages are pending and that they will be sent automatically', () => {
  const connection = { phase: 'offline' } as const;
  expect(connectionWords({ connection, caughtUpAt: at(12), lostAt: null, pending: 3, now }, words)).toEqual({
    kind: 'offline',
    title: 'Offline',
    body: '3 messages will be sent once you’re connected',
  });
});

test('a tab that has lost its connection shows since when, and on which day', () => {
  const lineAt = (lostAt: number | null) =>
    connectionWords({ connection: { phase: 'offline' }, caughtUpAt: at(12), lostAt, pending: 0, now }, words);
  expect(lineAt(at(13))).toMatchObject({
    title: 'Offline since 13:04',
    body: 'New messages arrive once you’re connected',
  });
  expect(lineAt(at(13, 22))?.title).toBe('Offline since Sun 13:04');
  expect(lineAt(null)).toMatchObject({ title: 'Offline', body: 'Updated 12:04' });
});

test('[ask 28] stale data shows when it was last updated', () => {
  const bodyAt = (caughtUpAt: number | null) =>
    connectionWords({ connection: { phase: 'connecting' }, caughtUpAt, lostAt: at(13), pending: 0, now }, words)?.body;
  expect(bodyAt(at(12))).toBe('Updated 12:04');
  expect(bodyAt(at(12, 22))).toBe('Updated Sun 12:04');
  expect(bodyAt(null)).toBe('Not updated on this device yet');
});

test('whatever answers instead of the server is named, and only a page can be opened', () => {
  const lineOf = (obstacle: 'page' | 'gateway' | 'address') =>
    connectionWords(
      { connection: { phase: 'connecting', obstacle }, caughtUpAt: at(12), lostAt: null, pending: 1, now },
      words,
    );
  expect(lineOf('page')).toMatchObject({ kind: 'page', title: 'Another page is in the way' });
  expect(lineOf('gateway')).toEqual({
    kind: 'connecting',
    title: 'The server isn’t available',
    body: '1 message will be sent once you’re connected',
  });
  expect(lineOf('address')?.body).toContain('PUBLIC_URL');
});

test('[ask 28] catching up shows its progress', () => {
  const connection = { phase: 'catching-up', streamsDone: 3, streamsTotal: 20 } as const;
  expect(connectionWords({ connection, caughtUpAt: null, lostAt: null, pending: 0, now }, words)).toEqual({
    kind: 'catching-up',
    title: 'Catching up: 3 of 20 chats',
    progress: 0.15,
  });
});

test('a refused connection has a text that says what to do, and being online has none', () => {
  const kindOf = (connection: Parameters<typeof connectionWords>[0]['connection']) =>
    connectionWords({ connection, caughtUpAt: 0, lostAt: null, pending: 0, now }, words)?.kind;
  expect(kindOf({ phase: 'refused', code: 'unauthorized' })).toBe('unauthorized');
  expect(kindOf({ phase: 'refused', code: 'upgrade_required' })).toBe('upgrade');
  expect(kindOf({ phase: 'online' })).toBeUndefined();
});
