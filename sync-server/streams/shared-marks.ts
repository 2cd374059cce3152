import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Append } from './append.ts';
import { share } from './ops/own.ts';

export interface Mark {
  conversation: ConversationId;
  user: UserId;
  readSeq: number;
  deliveredSeq: number;
  done: Shared[];
}

/** A personal entry that is finished when the shared mark stands, and the versions that it replaced. */
export interface Shared {
  key: string;
  old: readonly string[];
}

/** Brings marks from personal streams into member records, many at a time: one change a second and person, not one a mark. [RD2] */
export class SharedMarks {
  readonly #waiting = new Map<string, Mark>();
  readonly #given: { append: () => Append; shared: (done: readonly Shared[]) => void; afterMs: number };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(given: { append: () => Append; shared: (done: readonly Shared[]) => void; afterMs: number }) {
    this.#given = given;
  }

  add(mark: Mark): void {
    const place = `${mark.conversation}/${mark.user}`;
    const before = this.#waiting.get(place);
    this.#waiting.set(
      place,
      before === undefined
        ? mark
        : {
            ...mark,
            readSeq: Math.max(mark.readSeq, before.readSeq),
            deliveredSeq: Math.max(mark.deliveredSeq, before.deliveredSeq),
            done: [...before.done, ...mark.done],
          },
    );
    this.#timer ??= setTimeout(() => void this.flush(), this.#given.afterMs);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const marks = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(
      marks.map(async (mark) => {
        const outcome = await this.#given.append().outcome({
          lane: mark.conversation,
          key: undefined,
          user: mark.user,
          named: mark.conversation,
          isRetry: false,
          group: { hasFailed: false },
          decide: (scene) => share(mark.user, mark, scene),
        });
        // One that failed stands as pending: the periodic look brings it again.
        if (outcome.ok) this.#given.shared(mark.done);
      }),
    );
  }
}
