// This file only registers. Each event has its own file, so that it can be read and tested alone.
import './precache.ts';
import './files.ts';
import './share.ts';
import { act } from './act.ts';
import { notify } from './notify.ts';
import { renewSubscription } from './renew.ts';
import { CATCH_UP, OUTBOX, catchUp, sendAfterPush, sendOutbox } from './send.ts';
import { takeOverWhenAsked } from './update.ts';

declare const self: ServiceWorkerGlobalScope;

/** Background Sync and its periodic kind are not in TypeScript's types. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

self.addEventListener('message', takeOverWhenAsked);
self.addEventListener('push', (event) => event.waitUntil(notify(event.data).then(sendAfterPush)));
self.addEventListener('notificationclick', (event) => event.waitUntil(act(event)));
self.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(renewSubscription()));
self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent;
  if (tag === OUTBOX) (event as SyncEvent).waitUntil(sendOutbox());
});
self.addEventListener('periodicsync' as never, (event: SyncEvent) => {
  if (event.tag === CATCH_UP) event.waitUntil(catchUp());
});
