import { deleteMessage, editMessage } from '#app/ops/messages.ts';
import { markRead, updateMembership } from '#app/ops/own.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { isGroup } from '#protocol/ids.ts';
import type { Device } from './device.fixture.ts';
import type { Run } from './run.fixture.ts';

/**
 * One action of a person, chosen by what their device shows. The promise resolves when the action is written on the
 * device, and never if the device crashes first.
 */
export async function act(run: Run, device: Device, people: readonly UserId[]): Promise<void> {
  const running = device.running();
  if (running === undefined) return;
  const { below, pick, newId, counts, log } = run;
  const { store, outbox } = running;
  const { userId, name } = device;
  counts.ops++;
  const rows = await store.conversations();
  const open = rows.filter(
    (row) => row.membership?.leftAt === undefined && (row.membership ?? row.creation) !== undefined,
  );
  if (device.running() !== running) return;
  const stream: ConversationId | undefined = open.length === 0 ? undefined : pick(open).stream;
  const others = people.filter((one) => one !== userId);
  // Whatever somebody does in a chat, they look at it.
  running.engine.prefer(stream);

  const choice = below(20);
  if (stream === undefined ? run.chance(0.5) : choice === 0) {
    counts.creates++;
    const person = pick(others);
    log(`${name} opens a chat with ${person}`);
    await outbox.startDirect({ id: person, name: person });
    return;
  }
  if (stream === undefined || choice === 1) {
    counts.creates++;
    const guests = others.filter(() => run.chance(0.7));
    log(`${name} creates a group with ${guests.join(' ')}`);
    const group = await outbox.startGroup({
      title: `${name} ${counts.ops}`,
      people: guests.map((id) => ({ id, name: id })),
    });
    if (device.running() === running) await device.send(group);
    return;
  }
  if (choice <= 4) {
    const own = (await store.messages(stream, {})).filter(
      (message) => message.senderId === userId && message.deletedAt === undefined && message.event === undefined,
    );
    if (device.running() !== running) return;
    if (own.length > 0) {
      const { id } = pick(own);
      log(`${name} edits or deletes ${id}`);
      await outbox.queue(choice === 2 ? deleteMessage(stream, id) : editMessage(stream, id, `edit ${counts.ops}`));
      return;
    }
  }
  if (choice <= 7) {
    const row = await store.conversation(stream);
    if (device.running() === running && row !== undefined && row.lastSeq > 0) {
      await outbox.queue(markRead(stream, row.lastSeq));
      return;
    }
  }
  if (choice === 8) {
    const change = { draft: `draft ${counts.ops}`, pinned: run.chance(0.5) };
    await outbox.queue(updateMembership(stream, change));
    return;
  }
  if (choice <= 13 && isGroup(stream)) {
    const members = await store.members(stream);
    if (device.running() !== running) return;
    const role = members.find((member) => member.userId === userId)?.role;
    const other = pick(others);
    const isPresent = members.some((member) => member.userId === other && member.leftAt === undefined);
    if (role === 'owner') {
      counts.memberChanges++;
      const common = { id: newId(), stream };
      return device.queue(
        isPresent
          ? { ...common, kind: 'member.remove', userId: other }
          : { ...common, kind: 'member.add', userIds: [other] },
      );
    }
  }
  return device.send(stream);
}
