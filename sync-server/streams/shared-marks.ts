import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Append } from './append.ts';
import { share } from './ops/own.ts';

export interface Mark {
  conversation: ConversationId;
  user: UserId;
  readSeq: number;
  deliveredSeq: number;
  /** The personal entry that is finished when the shared mark stands. */
  key: string;
}

/** Brings marks from personal streams into member records, many at a time: one change a second and person, not one a mark. [RD2] */
export class SharedMarks {
  readonly #waiting = new Map<string, { mark: Mark; keys: string[] }>();
  readonly #given: { append: () => Append; finished: (keys: readonly string[]) => void; afterMs: number };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(given: { append: () => Append; finished: (keys: readonly string[]) => void; afterMs: number }) {
    this.#given = given;
  }

  add(mark: Mark): void {
    const place = `${mark.conversation}/${mark.user}`;
    const before = this.#waiting.get(place);
    if (before === undefined) this.#waiting.set(place, { mark, keys: [mark.key] });
    else {
      before.keys.push(mark.key);
      const readSeq = Math.max(mark.readSeq, before.mark.readSeq);
      before.mark = { ...mark, readSeq, deliveredSeq: Math.max(mark.deliveredSeq, before.mark.deliveredSeq) };
    }
    this.#timer ??= setTimeout(() => void this.flush(), this.#given.afterMs);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const marks = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(
      marks.map(async ({ mark, keys }) => {
        const outcome = await this.#given.append().enqueue({
          lane: mark.conversation,
          key: undefined,
          user: mark.user,
          named: mark.conversation,
          isRetry: false,
          group: { hasFailed: false },
          decide: (scene) => share(mark.user, mark, scene),
        });
        // One that failed stands as pending: the periodic look brings it again.
        if (outcome.ok) this.#given.finished(keys);
      }),
    );
  }
}
