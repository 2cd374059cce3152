import type { ConversationId, UserId } from '#protocol/ids.ts';
import { op } from './op.fixture.ts';
import { ann, bob, eve } from './people.fixture.ts';
import type { MadeOp } from './store-invariants.fixture.ts';

/** An op, before it gets its id. */
export interface UnsentOp {
  kind: string;
  stream: ConversationId;
  text?: string;
  request?: unknown;
}

interface RandomOpParts {
  random: () => number;
  group: ConversationId;
  direct: ConversationId;
  /** The messages so far, which others may be about. */
  sent: readonly MadeOp[];
  /** Returns a text that no message has had. */
  newText: () => string;
}

/** Somebody and what they do next: half of the time they write. */
export function randomOp({ random, group, direct, sent, newText }: RandomOpParts): [UserId, UnsentOp] {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const stream = pick([group, group, direct]);
  const user = stream === direct ? pick([ann, bob]) : pick([ann, ann, bob, eve]);
  const about = sent.length === 0 ? undefined : pick(sent);
  switch (below(14)) {
    case 0:
      return [ann, op.add(group, eve)];
    case 1:
      return [pick([ann, eve]), op.remove(group, eve)];
    case 2:
      return [user, op.mark(stream, { readSeq: below(30) })];
    case 3:
      return [user, op.settings(stream, { pinned: random() < 0.5, draft: `draft${below(9)}` })];
    case 4:
      if (about !== undefined) return [about.user, op.edit(about.stream, about.id, `edit${below(99)}`)];
      break;
    case 5:
      if (about !== undefined) return [about.user, op.delete(about.stream, about.id)];
      break;
    case 6:
      if (about !== undefined)
        return [pick([ann, bob]), op.react(about.stream, about.id, pick(['👍', '🎈']), random() < 0.7)];
      break;
    case 7:
      if (about !== undefined) return [pick([ann, bob]), op.pin(about.stream, about.id, random() < 0.7)];
      break;
    case 8:
      return [ann, op.update(group, { title: `title${below(5)}` })];
    case 9:
    case 10: {
      const [accepter, asked] = pick([
        [bob, group],
        [bob, direct],
        [eve, group],
      ] as const);
      return [accepter, op.settings(asked, { request: false })];
    }
    default:
  }
  return [user, op.send(stream, newText())];
}
