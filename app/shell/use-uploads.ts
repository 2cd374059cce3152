import { useEffect } from 'react';
import { onFilesQueued } from '#app/media/offered-files.ts';
import { filesToUpload } from '#app/ops/files.ts';
import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Goes on with files that wait from an earlier session, or that another tab left behind, without loading that code in vain. [CL14] */
export function useUploads(client: Client): void {
  useEffect(() => {
    const abort = new AbortController();
    async function look(): Promise<void> {
      const rows = await client.store.outbox();
      if (abort.signal.aborted || !rows.some(({ op }) => filesToUpload(op).length > 0)) return;
      const { uploadsOf } = await importWithRetry(() => import('#app/media/uploads.ts'));
      if (abort.signal.aborted) return;
      const uploads = uploadsOf(client);
      uploads.wake();
      abort.signal.addEventListener('abort', uploads.close, { once: true });
    }
    // The store says itself why it cannot be read.
    const wake = () => void look().catch(() => undefined);
    wake();
    const stopListening = onFilesQueued(wake);
    abort.signal.addEventListener('abort', stopListening);
    addEventListener('online', wake, { signal: abort.signal });
    // A device that changes from one network to another may never be offline.
    const { connection } = navigator as { connection?: EventTarget };
    connection?.addEventListener('change', wake, { signal: abort.signal });
    document.addEventListener('visibilitychange', wake, { signal: abort.signal });
    return () => abort.abort();
  }, [client]);
}
