import type { Connection } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';
import type { Blocks } from '#server/streams/blocks.ts';

interface Row {
  /** Both ids, so that a block exists once. */
  _id: string;
  by: UserId;
  blocked: UserId;
}

export interface OpenBlocks extends Blocks {
  /** Called with everybody who blocks or unblocks somebody, on any server. There is one listener. */
  follow(onChange: (by: UserId) => void): void;
  /** The account is being deleted: removes everything of theirs. */
  personDeleted(userId: UserId): Promise<void>;
  close(): void;
}

interface BlocksParts {
  connection: Connection;
  /** Other servers may write to the database. */
  isShared: boolean;
  onDefect: (error: unknown) => void;
  everyMs?: number;
}

/**
 * Who has blocked whom, in memory, because it is checked for each message and each notice. Other servers enforce a change within
 * ten seconds. [BL1]
 */
export async function openBlocks({
  connection,
  isShared,
  onDefect,
  everyMs = 10_000,
}: BlocksParts): Promise<OpenBlocks> {
  const rows = connection.collection<Row>('blocks');
  let onChange: (by: UserId) => void = () => undefined;
  let held = await read();
  /** Changes made here; a read that started before one is stale. */
  let changes = 0;

  async function read(): Promise<Map<string, UserId>> {
    return new Map((await rows.find({}).toArray()).map(({ _id, by }) => [_id, by]));
  }

  async function readAgain(): Promise<void> {
    const before = changes;
    const next = await read();
    if (changes !== before) return;
    const old = held;
    held = next;
    const changed = [...old, ...next].filter(([id]) => old.has(id) !== next.has(id));
    for (const by of new Set(changed.map(([, each]) => each))) onChange(by);
  }

  const timer = isShared ? setInterval(() => void readAgain().catch(onDefect), everyMs).unref() : undefined;
  return {
    has: (by, blocked) => held.size > 0 && held.has(idOf(by, blocked)),
    async change(by, blocked, on) {
      const _id = idOf(by, blocked);
      if (on) await rows.replaceOne({ _id }, { by, blocked }, { upsert: true });
      else await rows.deleteOne({ _id });
      changes += 1;
      if (on) held.set(_id, by);
      else held.delete(_id);
      onChange(by);
    },
    async personDeleted(userId) {
      await rows.deleteMany({ by: userId });
      await rows.deleteMany({ blocked: userId });
      changes += 1;
      for (const id of held.keys()) if (id.split(' ').includes(userId)) held.delete(id);
    },
    follow: (listener) => void (onChange = listener),
    close: () => clearInterval(timer),
  };
}

const idOf = (by: UserId, blocked: UserId) => `${by} ${blocked}`;
