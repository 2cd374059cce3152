declare const self: ServiceWorkerGlobalScope;

/** A new worker waits until the person asks for the update: replacing the app at once would discard what they are writing. [S3] */
export function takeOverWhenAsked(event: ExtendableMessageEvent): void {
  const data: unknown = event.data;
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING')
    void self.skipWaiting();
}
