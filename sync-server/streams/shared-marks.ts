import { type ConversationId, type UserId, directMembers, isDirect } from '#protocol/ids.ts';
import type { AppendOwn } from './append/task.ts';
import { type Blocks, areApart } from './blocks.ts';
import type { CleanUp } from './clean-up.ts';
import type { HidesReads } from './hidden-marks.ts';
import { share } from './ops/own.ts';

export interface Mark {
  conversation: ConversationId;
  user: UserId;
  readSeq: number;
  deliveredSeq: number;
  /** The membership that has the mark follows this rev of the member record, and is no request. [RQ3] */
  acceptedRev: number | undefined;
  /** The marks on the personal stream that are finished once this one is shared. */
  shared: { key: string; old: readonly string[] }[];
}

/** Copies marks from personal streams into member records: at most one change per person and second instead of one per mark. [RD2] */
export interface SharedMarks {
  add(mark: Mark): void;
  /** Shares at once what has been collected. */
  flush(): Promise<void>;
}

export function createSharedMarks(
  appendOwn: AppendOwn,
  cleanUp: CleanUp,
  afterMs: number,
  { hidesReads, blocks }: { hidesReads: HidesReads; blocks: Pick<Blocks, 'has'> },
): SharedMarks {
  const waiting = new Map<string, Mark>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function shareOne(mark: Mark): Promise<void> {
    const { conversation, user, acceptedRev, shared } = mark;
    // Read implies delivered, and that a message was delivered is not hidden. [PV2]
    const { readSeq, deliveredSeq } = mark;
    const shown = hidesReads(user) ? { readSeq: 0, deliveredSeq: Math.max(readSeq, deliveredSeq) } : mark;
    // Neither of them learns anything about the other from now on. [BL3]
    const input = isApart(conversation) ? { readSeq: 0, deliveredSeq: 0 } : shown;
    const { ok } = await appendOwn({ stream: conversation, user, rule: share, input: { ...input, acceptedRev } });
    // A mark that could not be shared is still pending in the store, and the periodic completion adds it again.
    if (!ok) return;
    cleanUp.later(
      shared.flatMap(({ old }) => old),
      shared.map(({ key }) => key),
    );
  }

  function isApart(conversation: ConversationId): boolean {
    if (!isDirect(conversation)) return false;
    const [one, other] = directMembers(conversation);
    return areApart(blocks, one, other);
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
