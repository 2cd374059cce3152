import { useEffect, useState } from 'react';
import { filesOf } from '#app/local-store/files.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';

const NONE: ReadonlySet<MediaId> = new Set();

/** The files whose upload the person has paused in any tab. */
export function usePaused(self: UserId): ReadonlySet<MediaId> {
  const [paused, setPaused] = useState(NONE);
  useEffect(() => filesOf(self).onPaused(setPaused), [self]);
  return paused;
}
