import type { ConversationId, UserId } from '#protocol/ids.ts';
import { isGroup } from '#protocol/ids.ts';
import type { Device } from './device.fixture.ts';
import type { Weather } from './weather.fixture.ts';

/** What a person does next on a device, by what this device shows. Settles when it is written there; never, if it dies first. */
export async function doSomething(weather: Weather, device: Device, people: readonly UserId[]): Promise<void> {
  const life = device.life();
  if (life === undefined) return;
  const { below, pick, newId, did, say } = weather;
  const { store, outbox } = life;
  const { userId, name } = device;
  did.ops++;
  const rows = await store.conversations();
  const open = rows.filter(
    (row) => row.membership?.leftAt === undefined && (row.membership ?? row.begun) !== undefined,
  );
  if (device.life() !== life) return;
  const stream: ConversationId | undefined = open.length === 0 ? undefined : pick(open).stream;
  const others = people.filter((one) => one !== userId);

  const choice = below(20);
  if (stream === undefined ? weather.chance(0.5) : choice === 0) {
    did.creates++;
    const person = pick(others);
    say(`${name} opens a chat with ${person}`);
    await outbox.createDirect({ id: person, name: person });
    return;
  }
  if (stream === undefined || choice === 1) {
    did.creates++;
    const guests = others.filter(() => weather.chance(0.7));
    say(`${name} makes a group with ${guests.join(' ')}`);
    const group = await outbox.createGroup({
      title: `${name} ${did.ops}`,
      people: guests.map((id) => ({ id, name: id })),
    });
    if (device.life() === life) await device.send(group);
    return;
  }
  if (choice <= 4) {
    const own = (await store.messages(stream, {})).filter(
      (message) => message.senderId === userId && message.deletedAt === undefined && message.event === undefined,
    );
    if (device.life() !== life) return;
    if (own.length > 0) {
      const { id } = pick(own);
      say(`${name} changes ${id}`);
      return choice === 2 ? outbox.remove(stream, id) : outbox.edit(stream, id, `edit ${did.ops}`);
    }
  }
  if (choice <= 7) {
    const row = await store.conversation(stream);
    if (device.life() === life && row !== undefined && row.lastSeq > 0) return outbox.markRead(stream, row.lastSeq);
  }
  if (choice === 8) return outbox.updateMembership(stream, { draft: `draft ${did.ops}`, pinned: weather.chance(0.5) });
  if (choice <= 13 && isGroup(stream)) {
    const members = await store.members(stream);
    if (device.life() !== life) return;
    const role = members.find((member) => member.userId === userId)?.role;
    const other = pick(others);
    const isPresent = members.some((member) => member.userId === other && member.leftAt === undefined);
    if (role === 'owner') {
      did.memberChanges++;
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
