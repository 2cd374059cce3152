import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';

export type PeopleById = ReadonlyMap<UserId, { name: string }>;

interface Named {
  stream: ConversationId;
  /** With the queued changes. */
  record?: { title?: string | undefined };
  knownAs?: string;
}

/** The words for `notes` and `unknown` are the view's. */
export type ConversationName =
  | { kind: 'named'; name: string }
  | { kind: 'notes' }
  | { kind: 'unknown'; isDirect: boolean };

/** What a conversation is called: its title, or the other person's name. */
export function conversationName(row: Named, self: UserId, people: PeopleById): ConversationName {
  if (isDirect(row.stream)) {
    const peer = directPeer(row.stream, self);
    if (peer === self) return { kind: 'notes' };
    const name = people.get(peer)?.name;
    return name === undefined ? { kind: 'unknown', isDirect: true } : { kind: 'named', name };
  }
  const title = row.record?.title ?? row.knownAs;
  return title === undefined || title === '' ? { kind: 'unknown', isDirect: false } : { kind: 'named', name: title };
}

/** Whose id decides the picture's colour: the other person of a direct chat, or the group. */
export function colourId(stream: ConversationId, self: UserId): string {
  return isDirect(stream) ? directPeer(stream, self) : stream;
}

/** Everybody whom a message names: its sender, and the people of its event. */
export function peopleNamedBy({
  senderId,
  event,
}: {
  senderId: UserId;
  event?: { by: UserId; userIds?: UserId[] | undefined } | undefined;
}): UserId[] {
  return event === undefined ? [senderId] : [senderId, event.by, ...(event.userIds ?? [])];
}
