import type { Page } from 'playwright-core';
import { setTimeout as wait } from 'node:timers/promises';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import type { Account } from './browser.fixture.ts';

export const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
export const newGroupStream = () => groupStream(newId());

export async function userIdOf({ page }: Account): Promise<string> {
  const answer = await page.request.get('/api/auth/get-session');
  return ((await answer.json()) as { user: { id: string } }).user.id;
}

/**
 * Pushes ops directly to the server, like a fast client of that person. Ops that the server could not store in time are sent
 * again. Throws if an op is refused.
 */
export async function push({ page }: Account, ops: object[]): Promise<void> {
  for (let at = 0; at < ops.length; at += 100) {
    const data = { ops: ops.slice(at, at + 100) };
    for (let tries = 0; ; tries += 1) {
      const answer = await page.request.post('/api/sync/push', { data });
      const body = (await answer.json()) as { results?: Result[] } & Omit<Result, 'ok'>;
      const refused = body.results?.filter(({ ok }) => !ok) ?? [body];
      if (refused.length === 0) break;
      if (tries > 20 || refused.some(({ error }) => error?.code !== 'unavailable'))
        throw new Error(`refused: ${JSON.stringify(refused)}`);
      await wait(500);
    }
  }
}

interface Result {
  ok: boolean;
  error?: { code: string };
}

export function sendOp(stream: string, text: string): object {
  return { id: newId(), stream, kind: 'message.send', text, sentAt: new Date().toISOString() };
}

/** The texts of a conversation's newest page, in the server's order. */
export async function storedTexts({ page }: Account, stream: string): Promise<string[]> {
  for (;;) {
    const answer = await page.request.post('/api/sync/history', {
      data: { stream, limit: 1_000, maxBytes: 1024 * 1024 },
    });
    const { records, error } = (await answer.json()) as { records?: { text: string }[]; error?: { code: string } };
    if (records !== undefined) return records.map(({ text }) => text);
    // A busy server may answer `unavailable`; as an empty chat it would look like a loss.
    if (error?.code !== 'unavailable')
      throw new Error(`the history of ${stream} cannot be read: ${JSON.stringify(error)}`);
  }
}

/** The stream of the chat that a page is showing. */
export function streamOf(page: Page): string {
  const [kind = '', ...rest] = new URL(page.url()).pathname.split('/').slice(2);
  return `${kind}:${rest.join('.')}`;
}

type Table = 'conversations' | 'messages' | 'outbox' | 'drafts' | 'edits';

/** The rows in a device's database, whatever is on its screen. */
export async function rowsOf<T>(page: Page, table: Table): Promise<T[]> {
  if (table !== 'messages') return storedIn<T>(page, table);
  return (await storedIn<{ messages: T[] }>(page, 'packs')).flatMap(({ messages }) => messages);
}

function storedIn<T>(page: Page, store: string): Promise<T[]> {
  return page.evaluate(async (wanted) => {
    const databases = await indexedDB.databases();
    const name = databases.map((each) => each.name ?? '').find((each) => each.startsWith('teamlink-person-'));
    if (name === undefined) return [];
    const opened = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error as DOMException));
    });
    try {
      return await new Promise<never[]>((resolve, reject) => {
        const request = opened.transaction(wanted).objectStore(wanted).getAll();
        request.addEventListener('success', () => resolve(request.result as never[]));
        request.addEventListener('error', () => reject(request.error as DOMException));
      });
    } finally {
      opened.close();
    }
  }, store);
}
