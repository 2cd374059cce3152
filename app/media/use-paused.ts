import { useEffect, useState } from 'react';
import { filesOf } from '#app/local-store/files.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';

/** Whether the person has stopped sending this file, in whichever tab. */
export function usePaused(self: UserId, id: MediaId): boolean {
  const [isPaused, setPaused] = useState(false);
  useEffect(() => filesOf(self).onPaused((ids) => setPaused(ids.has(id))), [self, id]);
  return isPaused;
}
