import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { isVisible } from '#protocol/names.ts';

export type PeopleById = ReadonlyMap<UserId, { name: string }>;

interface Named {
  stream: ConversationId;
  /** With the queued changes. */
  record?: { title?: string | undefined };
  knownAs?: string;
  membership?: object;
}

/**
 * The view has words for all of these except `named`. `loading`: the person is known to be a member, and the conversation's own
 * records have not arrived, so nothing is known about its name.
 */
export type ConversationName =
  | { kind: 'named'; name: string }
  | { kind: 'notes' }
  | { kind: 'loading' }
  | { kind: 'unknown'; isDirect: boolean };

/** A conversation's name: its title, or the other person's name. */
export function conversationName(row: Named, self: UserId, people: PeopleById): ConversationName {
  if (isDirect(row.stream)) {
    const peer = directPeer(row.stream, self);
    if (peer === self) return { kind: 'notes' };
    const name = people.get(peer)?.name;
    if (name === undefined && isAwaited(row)) return { kind: 'loading' };
    return name === undefined || !isVisible(name) ? { kind: 'unknown', isDirect: true } : { kind: 'named', name };
  }
  const title = row.record?.title ?? row.knownAs;
  if (title === undefined && isAwaited(row)) return { kind: 'loading' };
  return title === undefined || !isVisible(title)
    ? { kind: 'unknown', isDirect: false }
    : { kind: 'named', name: title };
}

function isAwaited({ record, membership }: Named): boolean {
  return membership !== undefined && record === undefined;
}

/** The id that decides the picture's colour: that of the other person in a direct chat, or of the group. */
export function colourId(stream: ConversationId, self: UserId): string {
  return isDirect(stream) ? directPeer(stream, self) : stream;
}

/** The people whom a message names: its sender, and those of its event. */
export function peopleNamedBy({
  senderId,
  event,
}: {
  senderId: UserId;
  event?: { by: UserId; userIds?: UserId[] | undefined } | undefined;
}): UserId[] {
  return event === undefined ? [senderId] : [senderId, event.by, ...(event.userIds ?? [])];
}
