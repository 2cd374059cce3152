import type { Connection } from 'mongoose';
import { OPEN, type Privacy } from '#protocol/privacy.ts';
import type { UserId } from '#protocol/ids.ts';

type Row = Privacy & { _id: UserId };

export interface PrivacyOfPeople {
  of(userId: UserId): Privacy;
  /** Durable when it resolves. From then on this server enforces it; others over the same database do within ten seconds. */
  change(userId: UserId, privacy: Privacy): Promise<void>;
  /** Called with everybody who changes what they show or hide, on any server. There is one listener. */
  follow(onChange: (userId: UserId) => void): void;
  close(): void;
}

interface PrivacyParts {
  connection: Connection;
  /** Other servers may write to the database. */
  isShared: boolean;
  onDefect: (error: unknown) => void;
  everyMs?: number;
}

/**
 * What people hide from each other. It is in memory, because it is checked for each notice and each change; only people who hide
 * something have a row. [PV1]
 */
export async function openPrivacy({
  connection,
  isShared,
  onDefect,
  everyMs = 10_000,
}: PrivacyParts): Promise<PrivacyOfPeople> {
  const rows = connection.collection<Row>('privacy');
  let onChange: (userId: UserId) => void = () => undefined;
  let hiding = await read();
  /** Changes made here; a read that started before one is stale. */
  let changes = 0;

  async function read(): Promise<Map<UserId, Privacy>> {
    const found = await rows.find({}).toArray();
    return new Map(found.map(({ _id, ...privacy }) => [_id, privacy]));
  }

  async function readAgain(): Promise<void> {
    const before = changes;
    const next = await read();
    if (changes !== before) return;
    const old = hiding;
    hiding = next;
    for (const userId of new Set([...old.keys(), ...next.keys()]))
      if (!isSame(old.get(userId) ?? OPEN, next.get(userId) ?? OPEN)) onChange(userId);
  }

  const timer = isShared ? setInterval(() => void readAgain().catch(onDefect), everyMs).unref() : undefined;
  return {
    of: (userId) => hiding.get(userId) ?? OPEN,
    async change(userId, privacy) {
      if (isSame(privacy, OPEN)) await rows.deleteOne({ _id: userId });
      else await rows.replaceOne({ _id: userId }, privacy, { upsert: true });
      changes += 1;
      if (isSame(privacy, OPEN)) hiding.delete(userId);
      else hiding.set(userId, privacy);
      onChange(userId);
    },
    follow: (listener) => void (onChange = listener),
    close: () => clearInterval(timer),
  };
}

function isSame(a: Privacy, b: Privacy): boolean {
  return a.readReceipts === b.readReceipts && a.typing === b.typing && a.lastSeen === b.lastSeen;
}
