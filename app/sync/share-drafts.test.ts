import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NewOp } from '#app/ops/rules.ts';
import { groupStream, type ConversationId, type OpId } from '#protocol/ids.ts';
import { shareDrafts } from './share-drafts.ts';

const stream = groupStream('018bcfe5-6800-7000-8000-000000000001');
let shared: (string | null | undefined)[];
let tell: (unshared: Map<ConversationId, string>) => void;
let hide: () => void;
let isVisible: boolean;
let isCaughtUp: boolean;
let catchUp: () => void;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  shared = [];
  isVisible = isCaughtUp = true;
  stop = shareDrafts({
    store: {
      observe: (_query, onValue) => {
        tell = onValue as unknown as typeof tell;
        return () => {};
      },
      unsharedDrafts: async () => new Map(),
    },
    outbox: {
      queue: async (op: NewOp) => {
        shared.push(op.kind === 'membership.update' ? op.draft : undefined);
        return '' as OpId;
      },
    },
    isVisible: () => isVisible,
    isCaughtUp: () => isCaughtUp,
    onCaughtUp: (listener) => {
      catchUp = listener;
      return () => {};
    },
    onHidden: (listener) => {
      hide = listener;
      return () => {};
    },
    onDefect: (error) => {
      throw error;
    },
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});
const say = (draft: string) => tell(new Map([[stream, draft]]));

test('[OP16] a draft is shared after a pause in typing, in its last version, once', () => {
  say('a');
  vi.advanceTimersByTime(2_000);
  say('a b');
  vi.advanceTimersByTime(2_000);
  expect(shared).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(shared).toEqual(['a b']);
});

test('[OP16] it is shared at once when the page is hidden, or when it was sent', () => {
  say('a');
  isVisible = false;
  hide();
  expect(shared).toEqual(['a']);
  isVisible = true;
  say('');
  vi.advanceTimersByTime(0);
  expect(shared).toEqual(['a', null]);
});

test('[OP16] a draft that is shared already, or is gone, is not shared', () => {
  say('a');
  tell(new Map());
  vi.advanceTimersByTime(10_000);
  expect(shared).toEqual([]);
});

test('[OP16] a text that was typed offline is shared once the device has caught up, merged with what has arrived', () => {
  isCaughtUp = false;
  say('See you at ten');
  vi.advanceTimersByTime(10_000);
  hide();
  expect(shared).toEqual([]);
  isCaughtUp = true;
  catchUp();
  say('See you at nine\nSee you at ten');
  vi.advanceTimersByTime(3_000);
  catchUp();
  tell(new Map());
  vi.advanceTimersByTime(10_000);
  expect(shared).toEqual(['See you at nine\nSee you at ten']);
  // That a draft was sent is shared together with its message.
  isCaughtUp = false;
  say('');
  vi.advanceTimersByTime(0);
  expect(shared.at(-1)).toBeNull();
});
