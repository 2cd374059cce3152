import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NewOp } from '#app/ops/rules.ts';
import { groupStream, type ConversationId, type OpId } from '#protocol/ids.ts';
import { shareDrafts } from './share-drafts.ts';

const stream = groupStream('018bcfe5-6800-7000-8000-000000000001');
let shared: (string | null | undefined)[];
let tell: (unshared: Map<ConversationId, string>) => void;
let hide: () => void;
let isVisible: boolean;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  shared = [];
  isVisible = true;
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
