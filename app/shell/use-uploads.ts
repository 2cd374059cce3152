import { useEffect } from 'react';
import { onFilesQueued } from '#app/media/offered-files.ts';
import { filesToUpload } from '#app/ops/files.ts';
import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Continues the uploads that an earlier session or another tab left behind, and loads the code only if there are any. [CL14] */
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
    // If the store cannot be read, it reports the reason itself.
    const wake = () => void look().catch(() => undefined);
    wake();
    const stopListening = onFilesQueued(wake);
    abort.signal.addEventListener('abort', stopListening);
    addEventListener('online', wake, { signal: abort.signal });
    // A device that changes from one network to another may never report to be offline.
    const { connection } = navigator as { connection?: EventTarget };
    connection?.addEventListener('change', wake, { signal: abort.signal });
    document.addEventListener('visibilitychange', wake, { signal: abort.signal });
    return () => abort.abort();
  }, [client]);
}
