import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { MAX_WATCHED } from '#protocol/limits.ts';
import type { LivePresence } from './client.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { TabMessage } from './tab-channel.ts';

type PresenceMessage = Extract<TabMessage, { kind: 'typing' | 'watch' | 'who-watches' | 'ephemeral' }>;

interface TabPresenceParts {
  self: UserId;
  /** Identifies this tab to the others. */
  tab: string;
  post: (message: PresenceMessage) => void;
}

/** The part of the engine that reaches the server. */
interface Sender {
  typing(stream: ConversationId, on: boolean): void;
  watch(userIds: readonly UserId[]): void;
}

/** Typing and presence for one tab, and for the other tabs while this one leads. */
export interface TabPresence extends LivePresence {
  /** This tab leads from now on and asks the other tabs whom they watch. */
  lead(sender: Sender): void;
  /** Another tab leads from now on. */
  follow(): void;
  /** Passes an event of the server on to the other tabs. */
  fromServer(event: Ephemeral): void;
  fromTab(message: PresenceMessage): void;
  /** The connection is lost, so what was known about people may no longer be true. */
  forget(): void;
  close(): void;
}

/** One socket serves all tabs: the leader watches on behalf of every tab and passes on what it receives. [CL5] [ask 35] */
export function createTabPresence({ self, tab, post }: TabPresenceParts): TabPresence {
  const listeners = new Set<(event: Ephemeral) => void>();
  /** By tab: whom the other tabs watch. */
  const watchedByOthers = new Map<string, readonly UserId[]>();
  /** The last presence that the leader received of each person, for a tab that starts to watch later. */
  const known = new Map<UserId, Ephemeral>();
  let watchedHere: readonly UserId[] = [];
  /** Undefined while another tab leads. */
  let sender: Sender | undefined;

  const emit = (event: Ephemeral) => {
    for (const listener of listeners) listener(event);
  };
  const watchAll = () =>
    sender?.watch([...new Set([...watchedHere, ...[...watchedByOthers.values()].flat()])].slice(0, MAX_WATCHED));
  const postWatched = () => post({ kind: 'watch', tab, userIds: [...watchedHere] });

  return {
    typing(stream, on) {
      // In notes to oneself there is nobody to notify.
      if (isDirect(stream) && directPeer(stream, self) === self) return;
      if (sender === undefined) post({ kind: 'typing', stream, on });
      else sender.typing(stream, on);
    },
    watch(userIds) {
      watchedHere = userIds.slice(0, MAX_WATCHED);
      if (sender === undefined) postWatched();
      else watchAll();
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lead(to) {
      sender = to;
      watchedByOthers.clear();
      watchAll();
      post({ kind: 'who-watches' });
    },
    follow() {
      sender = undefined;
    },
    fromServer(event) {
      if (event.kind === 'presence') known.set(event.notice.userId, event);
      emit(event);
      post({ kind: 'ephemeral', event });
    },
    fromTab(message) {
      switch (message.kind) {
        case 'typing':
          return sender?.typing(message.stream, message.on);
        case 'watch':
          if (sender === undefined) return;
          if (message.userIds.length === 0) watchedByOthers.delete(message.tab);
          else watchedByOthers.set(message.tab, message.userIds);
          watchAll();
          // The server only reports people who were not watched before. What is known about the others is sent from here.
          for (const id of message.userIds) {
            const event = known.get(id);
            if (event !== undefined) post({ kind: 'ephemeral', event });
          }
          return;
        case 'who-watches':
          return watchedHere.length === 0 ? undefined : postWatched();
        case 'ephemeral':
          return sender === undefined ? emit(message.event) : undefined;
      }
    },
    forget: () => known.clear(),
    close() {
      if (watchedHere.length > 0) post({ kind: 'watch', tab, userIds: [] });
    },
  };
}
