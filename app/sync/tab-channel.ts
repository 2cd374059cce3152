import * as v from 'valibot';
import { ConversationId, UserId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import { Ephemeral } from './ephemeral.ts';
import { SyncStatus } from './status.ts';

/** What the tabs of a person tell each other: followers what they queued or want, the leader how things stand. */
const TabMessage = v.variant('kind', [
  v.object({ kind: v.literal('queued') }),
  v.object({ kind: v.literal('wake'), why: v.picklist(['signal', 'press']) }),
  v.object({ kind: v.literal('ask') }),
  v.object({ kind: v.literal('status'), status: SyncStatus }),
  v.object({ kind: v.literal('typing'), stream: ConversationId, on: v.boolean() }),
  v.object({ kind: v.literal('watch'), tab: v.string(), userIds: v.array(UserId) }),
  /** A new leader asks. */
  v.object({ kind: v.literal('who-watches') }),
  v.object({ kind: v.literal('ephemeral'), event: Ephemeral }),
]);
export type TabMessage = v.InferOutput<typeof TabMessage>;

export interface TabChannel {
  post(message: TabMessage): void;
  close(): void;
}

/** Hears the other tabs, never itself. A message of a tab with another version that does not parse is passed over. */
export function openTabChannel(name: string, onMessage: (message: TabMessage) => void): TabChannel {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = parse(TabMessage, event.data);
    if (message.ok) onMessage(message.value);
  });
  let isClosed = false;
  return {
    // A view that goes while one signs out still says that it has stopped typing or watching: there is nobody left to hear it.
    post: (message) => (isClosed ? undefined : channel.postMessage(message)),
    close() {
      isClosed = true;
      channel.close();
    },
  };
}
