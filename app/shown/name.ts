import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';

interface Named {
  stream: ConversationId;
  record?: { title?: string | undefined };
  begun?: { title?: string };
  knownAs?: string;
}

export type ConversationName =
  | { kind: 'named'; name: string }
  | { kind: 'notes' }
  | { kind: 'unknown'; isDirect: boolean };

/** What a conversation is called: its title, or the other person's name. Words for the rest are the view's. */
export function conversationName(
  row: Named,
  self: UserId,
  people: ReadonlyMap<UserId, { name: string }>,
): ConversationName {
  if (isDirect(row.stream)) {
    const peer = directPeer(row.stream, self);
    if (peer === self) return { kind: 'notes' };
    const name = people.get(peer)?.name;
    return name === undefined ? { kind: 'unknown', isDirect: true } : { kind: 'named', name };
  }
  const title = row.record === undefined ? (row.begun?.title ?? row.knownAs) : row.record.title;
  return title === undefined || title === '' ? { kind: 'unknown', isDirect: false } : { kind: 'named', name: title };
}

/** The two people of a direct chat, or the group: what decides the picture's colour. */
export function colourId(stream: ConversationId, self: UserId): string {
  return isDirect(stream) ? directPeer(stream, self) : stream;
}
