import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { AppendOwn } from './append/task.ts';
import type { CleanUp } from './clean-up.ts';
import { share } from './ops/own.ts';

export interface Mark {
  conversation: ConversationId;
  user: UserId;
  readSeq: number;
  deliveredSeq: number;
  /** The marks on the personal stream that are finished once this one is shared. */
  shared: { key: string; old: readonly string[] }[];
}

/** Copies marks from personal streams into member records: one change per person and second instead of one per mark. [RD2] */
export interface SharedMarks {
  add(mark: Mark): void;
  /** Shares what was collected now. */
  flush(): Promise<void>;
}

export function createSharedMarks(appendOwn: AppendOwn, cleanUp: CleanUp, afterMs: number): SharedMarks {
  const waiting = new Map<string, Mark>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function shareOne(mark: Mark): Promise<void> {
    const { conversation, user, shared } = mark;
    const { ok } = await appendOwn({ stream: conversation, user, rule: share, input: mark });
    // A mark that could not be shared is still pending in the store: the periodic look adds it again.
    if (!ok) return;
    cleanUp.later(
      shared.flatMap(({ old }) => old),
      shared.map(({ key }) => key),
    );
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const marks = [...waiting.values()];
    waiting.clear();
    await Promise.all(marks.map(shareOne));
  }

  return {
    add(mark) {
      const place = `${mark.conversation}/${mark.user}`;
      const before = waiting.get(place);
      waiting.set(place, before === undefined ? mark : merged(before, mark));
      timer ??= setTimeout(() => void flush(), afterMs);
    },
    flush,
  };
}

function merged(before: Mark, mark: Mark): Mark {
  return {
    ...mark,
    readSeq: Math.max(mark.readSeq, before.readSeq),
    deliveredSeq: Math.max(mark.deliveredSeq, before.deliveredSeq),
    shared: [...before.shared, ...mark.shared],
  };
}
