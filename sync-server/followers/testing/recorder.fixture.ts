import type { StreamId } from '#protocol/ids.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import type { Entry } from '#server/streams/entry.ts';

export interface Delivery {
  stream: StreamId;
  revs: number[];
}

/** A consumer that records its entries. `before` may throw or wait. */
export function createRecorder(
  name: string,
  before: (stream: StreamId, entries: readonly Entry[]) => Promise<void> | void = () => undefined,
  from: Consumer['from'] = 'now',
): Consumer & { deliveries: Delivery[] } {
  const deliveries: Delivery[] = [];
  return {
    name,
    from,
    deliveries,
    async handle(stream, entries) {
      await before(stream, entries);
      deliveries.push({ stream, revs: entries.map(({ rev }) => rev) });
    },
  };
}

/** The errors in deliveries from streams with these heads: revs that came too early, or never. */
export function faultsIn(deliveries: readonly Delivery[], heads: ReadonlyMap<StreamId, number>): string[] {
  const faults: string[] = [];
  const highest = new Map<StreamId, number>();
  for (const { stream, revs } of deliveries)
    for (const rev of revs) {
      const before = highest.get(stream) ?? 0;
      if (rev > before + 1) faults.push(`${stream}: ${rev} came after ${before}`);
      highest.set(stream, Math.max(rev, before));
    }
  for (const [stream, head] of heads)
    if ((highest.get(stream) ?? 0) < head) faults.push(`${stream}: ${head} never came`);
  return faults;
}
