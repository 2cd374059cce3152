import type { OpId } from '#protocol/ids.ts';
import { textIdOf } from '#protocol/record.ts';
import type { Device } from './device.fixture.ts';
import type { ServerView } from './invariants.fixture.ts';
import type { Run } from './run.fixture.ts';

/** Every saved edit was made of the one before it, so none has silently replaced another: the text leads back to all of them. [OP19] */
export function editViolations({ edits }: Run, views: readonly ServerView[]): string[] {
  const saved = new Map<OpId, Set<OpId>>();
  for (const [id, { op, outcome }] of edits)
    if (outcome === 'saved') saved.set(op.messageId, (saved.get(op.messageId) ?? new Set()).add(id));
  const violations = new Set<string>();
  for (const { conversations } of views)
    for (const { messages } of conversations.values())
      for (const message of messages) {
        const left = message.deletedAt === undefined ? new Set(saved.get(message.id)) : new Set<OpId>();
        for (let id = textIdOf(message); left.delete(id);) id = edits.get(id)?.op.base ?? message.id;
        for (const id of left)
          violations.add(`[OP19] the edit “${edits.get(id)?.op.text}” of ${message.id} was replaced unseen`);
      }
  return [...violations];
}

/** An edit that was refused on a device is kept as the person's version, unless a later edit of the same message replaced it. [OP19] */
export async function lostEditViolations({ edits }: Run, device: Device): Promise<string[]> {
  const store = device.running()?.store;
  if (store === undefined) return [];
  const kept = await store.outbox();
  const chats = new Set((await store.conversations()).map(({ stream }) => stream));
  return [...edits.values()].flatMap(({ op, device: name, outcome }) => {
    if (outcome !== 'lost' || name !== device.name || !chats.has(op.stream)) return [];
    const versions = kept.filter((row) => row.op.kind === 'message.edit' && row.op.messageId === op.messageId);
    return versions.length > 0 ? [] : [`[OP19] ${name}: “${op.text}” is lost`];
  });
}
