import { expect, test } from 'vitest';
import type { ListChange, OutboxRow } from '#app/local-store/local-store.ts';
import { localFileId } from '#app/ops/files.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { createChunkSize } from './chunk-size.ts';
import { createPace } from './pace.ts';
import { isTextWaiting, textSent } from './text-first.ts';

test('[CL16] a chunk takes about two seconds on any link, and after a fault chunks start small again', () => {
  const chunk = createChunkSize();
  const sent = (bytesPerS: number, times: number) => {
    for (let nth = 0; nth < times; nth++) chunk.arrived(chunk.bytes(), (chunk.bytes() / bytesPerS) * 1_000);
    return chunk.bytes();
  };
  expect(sent(12_500, 10)).toBe(25_000);
  expect(sent(1_000, 10)).toBe(8 * 1024);
  expect(sent(1_000_000, 3)).toBe(64 * 1024);
  expect(sent(100_000_000, 20)).toBe(4 * 1024 * 1024);
  chunk.failed();
  expect(chunk.bytes()).toBe(64 * 1024);
});

test('[CL16] if a proxy accepts less, chunks become smaller and stay so', () => {
  const chunk = createChunkSize();
  for (let nth = 0; nth < 20; nth++) chunk.arrived(chunk.bytes(), 1);
  chunk.tooLarge();
  chunk.tooLarge();
  for (let nth = 0; nth < 20; nth++) chunk.arrived(chunk.bytes(), 1);
  expect(chunk.bytes()).toBe(1024 * 1024);
});

test('the rate and the remaining time follow the last seconds, and an upload that resumes at another place starts anew', () => {
  let at = 0;
  const pace = createPace(() => at);
  const after = (ms: number, sent: number) => {
    at += ms;
    return pace(sent, 1_000_000);
  };
  expect(after(0, 500_000)).toEqual({ share: 0.5 });
  expect(after(1_000, 510_000)).toEqual({ share: 0.51 });
  expect(after(1_000, 520_000)).toEqual({ share: 0.52, bytesPerS: 10_000, leftS: 48 });
  for (let nth = 1; nth <= 20; nth++) after(1_000, 520_000 + nth * 20_000);
  expect(after(1_000, 940_000)).toEqual({ share: 0.94, bytesPerS: 20_000, leftS: 3 });
  expect(after(1_000, 100_000)).toEqual({ share: 0.1 });
});

const [a, b] = ['d:a.me', 'd:b.me'] as [ConversationId, ConversationId];
const AT = '2026-11-28T10:00:00.000Z';
function row(stream: ConversationId, state: OutboxRow['state'], files: string[] = []): OutboxRow {
  const id = crypto.randomUUID() as string as OpId;
  const attachments = files.map((file) => ({
    mediaId: localFileId(file),
    kind: 'document' as const,
    name: 'x',
    mime: '',
    size: 1,
  }));
  const op = { id, stream, kind: 'message.send' as const, sentAt: AT, text: 'x', attachments };
  return { id, stream, order: 0, op, queuedAt: AT, attempts: 0, state };
}

test('[CL16] a text that can be sent goes first; one that waits for a file of its chat, has failed or is sent does not delay files', () => {
  expect(isTextWaiting([row(a, 'queued', ['1']), row(b, 'queued')])).toBe(true);
  expect(isTextWaiting([row(a, 'sending'), row(a, 'queued', ['1'])])).toBe(true);
  expect(isTextWaiting([row(a, 'queued', ['1']), row(a, 'queued')])).toBe(false);
  expect(isTextWaiting([row(a, 'failed'), row(b, 'sent'), row(b, 'queued', ['1'])])).toBe(false);
});

test('[CL16] the next part of a file is sent as soon as the last text is sent', async () => {
  let rows = [row(a, 'queued')];
  const listeners = new Set<(change: ListChange) => void>();
  let isSent = false;
  const waiting = textSent({
    outbox: () => Promise.resolve(rows),
    onListChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  }).then(() => (isSent = true));
  const change = async () => {
    await new Promise(setImmediate);
    for (const listener of listeners) listener({ outbox: 'all' });
    await new Promise(setImmediate);
  };
  rows = [row(a, 'sending')];
  await change();
  expect(isSent).toBe(false);
  rows = [row(a, 'sent')];
  await change();
  await waiting;
  expect(listeners.size).toBe(0);
});
