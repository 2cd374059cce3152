import * as v from 'valibot';
import { ConversationId, UserId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import { Ephemeral } from './ephemeral.ts';
import { SyncStatus } from './status.ts';

/** Messages between a person's tabs: followers tell what they have queued or need, and the leader reports the status. */
const TabMessage = v.variant('kind', [
  v.object({ kind: v.literal('queued') }),
  v.object({ kind: v.literal('wake'), why: v.picklist(['signal', 'press']) }),
  v.object({ kind: v.literal('prefer'), stream: v.optional(ConversationId) }),
  v.object({ kind: v.literal('ask') }),
  v.object({ kind: v.literal('status'), status: SyncStatus }),
  v.object({ kind: v.literal('typing'), stream: ConversationId, on: v.boolean() }),
  v.object({ kind: v.literal('watch'), tab: v.string(), userIds: v.array(UserId) }),
  /** Sent by a new leader. */
  v.object({ kind: v.literal('who-watches') }),
  v.object({ kind: v.literal('ephemeral'), event: Ephemeral }),
]);
export type TabMessage = v.InferOutput<typeof TabMessage>;

export interface TabChannel {
  /** Messages that arrive before the first listener are lost. */
  listen(onMessage: (message: TabMessage) => void): void;
  post(message: TabMessage): void;
  close(): void;
}

/** Receives from the other tabs, never from itself. Messages that do not parse, from a tab of another version, are ignored. */
export function openTabChannel(name: string): TabChannel {
  const channel = new BroadcastChannel(name);
  let isClosed = false;
  return {
    listen(onMessage) {
      channel.addEventListener('message', (event: MessageEvent<unknown>) => {
        const message = parse(TabMessage, event.data);
        if (message.ok) onMessage(message.value);
      });
    },
    // A view that closes during sign-out still reports that typing and watching have stopped; nobody receives it any more.
    post: (message) => (isClosed ? undefined : channel.postMessage(message)),
    close() {
      isClosed = true;
      channel.close();
    },
  };
}
