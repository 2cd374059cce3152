import type { Reading } from '#app/local-store/local-store.ts';
import { isDirect, type UserId } from '#protocol/ids.ts';

/** Enough to recognise somebody by; reading the members of every group could take seconds. */
const GROUPS_READ = 200;

/** The titles of the groups on this device that each of these people shares with the user, the most recently active first. */
export async function sharedGroups(reading: Reading, ids: ReadonlySet<UserId>): Promise<Map<UserId, string[]>> {
  const titles = new Map<UserId, string[]>([...ids].map((id) => [id, []]));
  if (ids.size === 0) return titles;
  const groups = (await reading.conversations())
    .filter(({ stream, membership }) => !isDirect(stream) && membership?.leftAt === undefined)
    .toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1))
    .slice(0, GROUPS_READ);
  for (const { stream, record, knownAs } of groups) {
    const title = record?.title ?? knownAs ?? '';
    for (const { userId, leftAt } of await reading.members(stream))
      if (leftAt === undefined && title !== '') titles.get(userId)?.push(title);
  }
  return titles;
}
