import type { MessageRecord } from '#protocol/record.ts';

/** Newest first, and hits of the same time in a fixed order. */
export function byNewest(a: MessageRecord, b: MessageRecord): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return b.seq - a.seq;
}

/** Merges the hits of the device and the server: each message once, in its newer version, and not if that is deleted. */
export function mergedHits(device: readonly MessageRecord[], server: readonly MessageRecord[]): MessageRecord[] {
  const hits = new Map<string, MessageRecord>();
  for (const hit of [...device, ...server]) if (hit.rev > (hits.get(hit.id)?.rev ?? 0)) hits.set(hit.id, hit);
  return [...hits.values()].toSorted(byNewest);
}
