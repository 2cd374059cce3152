// This file only registers. Each event has its own file, so that it can be read and tested alone.
import './precache.ts';
import { OUTBOX, act, sendOutbox } from './act.ts';
import { notify } from './notify.ts';
import { renewSubscription } from './renew.ts';
import { takeOverWhenAsked } from './update.ts';

declare const self: ServiceWorkerGlobalScope;

/** Background Sync is not in TypeScript's types. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

self.addEventListener('message', takeOverWhenAsked);
self.addEventListener('push', (event) => event.waitUntil(notify(event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(act(event)));
self.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(renewSubscription()));
self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent;
  if (tag === OUTBOX) (event as SyncEvent).waitUntil(sendOutbox());
});
