import { groupStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import type { Device } from './device.fixture.ts';
import type { Run } from './run.fixture.ts';
import type { Server } from './server.fixture.ts';

/** More messages than a device fetches of a chat by itself. */
const MESSAGES = 140;

/** A group of everybody that has more messages than a device holds. */
export async function makeOldGroup(run: Run, server: Server, people: readonly UserId[]): Promise<ConversationId> {
  const stream = groupStream(run.newId());
  const [owner, ...memberIds] = people as [UserId, ...UserId[]];
  const push = async (ops: object[]) => {
    await server.process()?.streams.push({ userId: owner }, { ops });
  };
  await push([{ id: run.newId(), stream, kind: 'conversation.create', title: 'Old', memberIds }]);
  const sentAt = new Date().toISOString();
  for (let at = 0; at < MESSAGES; at += 70)
    await push(
      Array.from({ length: 70 }, (_, n) => ({
        id: run.newId(),
        stream,
        kind: 'message.send',
        text: `old ${at + n}`,
        sentAt,
      })),
    );
  return stream;
}

/** Somebody goes to a place in the group, and from there to one of its gaps. */
export async function jump(run: Run, device: Device, stream: ConversationId): Promise<void> {
  const running = device.running();
  if (running === undefined) return;
  const { store, loadHistory } = running;
  const limit = 1 + run.below(12);
  const seq = 1 + run.below(MESSAGES);
  run.log(`${device.name} goes to ${seq}`);
  if ((await loadHistory(stream, { around: { seq }, limit })) === undefined || device.running() !== running) return;
  const row = await store.conversation(stream);
  if (row?.older === undefined || device.running() !== running) return;
  run.counts.olderRuns++;
  const [from, to] = run.pick(heldRuns(row));
  await loadHistory(stream, run.chance(0.5) ? { before: from, limit } : { after: to, limit });
}
