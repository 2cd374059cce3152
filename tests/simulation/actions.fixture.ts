import { deleteMessage, sendMessage } from '#app/ops/messages.ts';
import { joinGroup, removeMember } from '#app/ops/members.ts';
import { blockPerson, markRead, updateMembership } from '#app/ops/own.ts';
import { closePoll, votePoll } from '#app/ops/polls.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import { cancelScheduled, updateScheduled } from '#app/ops/scheduled-overlay.ts';
import { directPeer, isDirect, isGroup } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
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
  // A person who acts in a chat looks at it.
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
    run.groups.set(group, userId);
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
      if (choice === 2) await outbox.queue(deleteMessage(stream, id));
      else await outbox.editText(stream, id, `edit ${counts.ops}`);
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
  if (choice === 8 && run.chance(0.5)) {
    const archivedSeq = (await store.conversation(stream))?.lastSeq ?? 0;
    if (device.running() !== running) return;
    counts.archives++;
    const key = `${userId} ${stream}`;
    run.archives.set(key, (run.archives.get(key) ?? new Set()).add(archivedSeq));
    await outbox.queue(updateMembership(stream, { archived: true, archivedSeq }));
    return;
  }
  if (choice === 8) {
    const change = { draft: `draft ${counts.ops}`, pinned: run.chance(0.5) };
    await outbox.queue(updateMembership(stream, change));
    return;
  }
  if (choice <= 13 && isGroup(stream)) {
    const members = await store.members(stream);
    if (device.running() !== running) return;
    if (choice === 13) {
      counts.leaves++;
      log(`${name} leaves ${stream}`);
      await outbox.queue(removeMember(stream, userId));
      return;
    }
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
  if (choice === 14) {
    const present = new Set(open.map((row) => row.stream));
    const others = [...run.groups.keys()].filter((group) => !present.has(group));
    if (others.length > 0) {
      counts.joins++;
      const group = pick(others);
      log(`${name} joins ${group}`);
      await outbox.queue(joinGroup(group, 'x'.repeat(24)));
      return;
    }
  }
  if (choice === 15) {
    const waiting = await store.scheduled(stream);
    if (device.running() !== running) return;
    counts.scheduledOps++;
    const dueAt = new Date(Date.now() + below(40_000) - 5_000);
    if (waiting.length === 0 || run.chance(0.5)) {
      log(`${name} schedules in ${stream}`);
      await outbox.queue(scheduleMessage(stream, { text: `${name} scheduled ${counts.ops}` }, dueAt));
      return;
    }
    const { id } = pick(waiting);
    log(`${name} changes or cancels ${id}, which waits for its time`);
    const change = run.chance(0.5)
      ? { dueAt: null }
      : { dueAt: dueAt.toISOString(), text: `${name} put off ${counts.ops}` };
    await outbox.queue(run.chance(0.4) ? cancelScheduled(stream, id) : updateScheduled(stream, id, change));
    return;
  }
  if (choice >= 18) {
    const all = await store.messages(stream, {});
    if (device.running() !== running) return;
    const polls = all.filter(({ poll, deletedAt }) => poll !== undefined && deletedAt === undefined);
    counts.pollOps++;
    if (polls.length === 0) {
      const poll = { options: ['one', 'two', 'three'], isAnonymous: run.chance(0.5), isMultiple: run.chance(0.5) };
      log(`${name} asks in ${stream}`);
      await outbox.queue(sendMessage(stream, { text: `${name} asks ${counts.ops}`, poll }, new Date()));
      return;
    }
    const { id } = pick(polls);
    log(`${name} votes in or closes ${id}`);
    const chosen = run.chance(0.2) ? [] : [below(3)];
    await outbox.queue(run.chance(0.1) ? closePoll(stream, id) : votePoll(stream, id, chosen));
    return;
  }
  return device.send(stream);
}

/** One person edits the same message on two devices that do not know of each other's edit. [OP19] */
export async function editTwice({ counts, log, pick }: Run, devices: readonly Device[]): Promise<void> {
  const running = devices.flatMap((device) => device.running() ?? []);
  const [first] = running;
  const own: { stream: ConversationId; id: OpId }[] = [];
  for (const { stream, membership } of (await first?.store.conversations()) ?? [])
    for (const message of membership?.leftAt === undefined ? ((await first?.store.messages(stream, {})) ?? []) : [])
      if (message.senderId === devices[0]?.userId && mayBeEdited(message)) own.push({ stream, id: message.id });
  if (own.length === 0) return;
  const { stream, id } = pick(own);
  log(`${devices[0]?.userId} edits ${id} twice`);
  for (const { store, outbox } of running) {
    const held = await store.message(stream, id);
    if (held !== undefined && mayBeEdited(held)) void outbox.editText(stream, id, `edit ${++counts.ops}`);
  }
}

function mayBeEdited({ event, poll, deletedAt }: MessageRecord): boolean {
  return event === undefined && poll === undefined && deletedAt === undefined;
}

/** Somebody blocks or unblocks a person, usually one with whom they chat. [BL1] */
export async function block(run: Run, { running, userId, name }: Device): Promise<void> {
  const store = running()?.store;
  if (store === undefined) return;
  const chats = (await store.conversations()).flatMap(({ stream }) =>
    isDirect(stream) ? [directPeer(stream, userId)] : [],
  );
  const peer = run.pick(chats.length > 0 && run.chance(0.8) ? chats : run.people.filter((one) => one !== userId));
  const on = !(await store.blocked()).includes(peer);
  const outbox = running()?.outbox;
  if (outbox === undefined) return;
  run.counts.blocks++;
  run.log(`${name} ${on ? 'blocks' : 'unblocks'} ${peer}`);
  await outbox.queue(blockPerson(userId, peer, on));
}

/** Somebody accepts a chat that a stranger started. [RQ3] */
export async function accept(run: Run, { running, name }: Device): Promise<void> {
  const rows = (await running()?.store.conversations()) ?? [];
  const asked = rows.filter(({ membership }) => membership?.isRequest === true);
  const outbox = running()?.outbox;
  if (outbox === undefined || asked.length === 0) return;
  const { stream } = run.pick(asked);
  run.counts.accepts++;
  run.log(`${name} accepts ${stream}`);
  await outbox.queue(updateMembership(stream, { request: false }));
}
