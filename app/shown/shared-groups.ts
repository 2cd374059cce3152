import type { Reading } from '#app/local-store/local-store.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';

export interface SharedGroup {
  stream: ConversationId;
  title: string;
}

/** The groups on this device that each of these people shares with the user, the most recently active first. */
export async function sharedGroups(
  reading: Pick<Reading, 'conversations' | 'membersAt'>,
  ids: ReadonlySet<UserId>,
): Promise<Map<UserId, SharedGroup[]>> {
  const shared = new Map<UserId, SharedGroup[]>([...ids].map((id) => [id, []]));
  if (ids.size === 0) return shared;
  const groups = (await reading.conversations())
    .filter(({ stream, membership }) => !isDirect(stream) && membership?.leftAt === undefined)
    .toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  const keys = groups.flatMap(({ stream }) => [...ids].map((id): [ConversationId, UserId] => [stream, id]));
  const found = await reading.membersAt(keys);
  const present = new Set(
    found.filter(({ leftAt }) => leftAt === undefined).map(({ stream, userId }) => `${stream} ${userId}`),
  );
  for (const { stream, record, knownAs } of groups) {
    const title = record?.title ?? knownAs ?? '';
    if (title === '') continue;
    for (const id of ids) if (present.has(`${stream} ${id}`)) shared.get(id)?.push({ stream, title });
  }
  return shared;
}
