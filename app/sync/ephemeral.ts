import * as v from 'valibot';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { MAX_WATCHED } from '#protocol/limits.ts';
import { Presence, TypingNotice } from '#protocol/live.ts';
import type { Engine } from './engine.ts';
import type { TabMessage } from './tab-channel.ts';

/** What the server tells of the moment: heard, shown, never stored. [LV7] [LV8] */
export const Ephemeral = v.variant('kind', [
  v.object({ kind: v.literal('typing'), notice: TypingNotice }),
  v.object({ kind: v.literal('presence'), notice: Presence }),
]);
export type Ephemeral = v.InferOutput<typeof Ephemeral>;

/** Typing and presence for one tab. Without a connection nothing is said, and nothing is made good later. */
export interface Moment {
  typing(stream: ConversationId, on: boolean): void;
  /** Of whom this tab shows the presence; replaces what it watched before. */
  watch(userIds: readonly UserId[]): void;
  onEvent(listener: (event: Ephemeral) => void): () => void;
}

interface MomentParts {
  self: UserId;
  /** Names this tab to the others. */
  tab: string;
  post: (message: TabMessage) => void;
  /** While this tab leads. */
  engine: () => Pick<Engine, 'typing' | 'watch'> | undefined;
}

export interface TabsMoment {
  moment: Moment;
  /** This tab leads from now on: what the others watch is asked for. */
  lead(): void;
  /** From the server; the other tabs hear of it. */
  fromServer(event: Ephemeral): void;
  fromTab(message: TabMessage): void;
  /** The connection is gone: what was known of people is no longer so. */
  forget(): void;
  close(): void;
}

/** One socket for all tabs: the leading one watches for every tab, and passes on what it hears. [CL5] [ask 35] */
export function createMoment({ self, tab, post, engine }: MomentParts): TabsMoment {
  const listeners = new Set<(event: Ephemeral) => void>();
  const lists = new Map<string, readonly UserId[]>();
  /** What the leader has heard, for a tab that comes later. */
  const known = new Map<UserId, Ephemeral>();
  let own: readonly UserId[] = [];

  const tell = (event: Ephemeral) => {
    for (const listener of listeners) listener(event);
  };
  const watchAll = () => engine()?.watch([...new Set([...own, ...[...lists.values()].flat()])].slice(0, MAX_WATCHED));
  const postOwn = () => post({ kind: 'watch', tab, userIds: [...own] });

  return {
    moment: {
      typing(stream, on) {
        // Notes to oneself: nobody is there to be told.
        if (isDirect(stream) && directPeer(stream, self) === self) return;
        const leading = engine();
        if (leading === undefined) post({ kind: 'typing', stream, on });
        else leading.typing(stream, on);
      },
      watch(userIds) {
        own = userIds.slice(0, MAX_WATCHED);
        if (engine() === undefined) postOwn();
        else watchAll();
      },
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    lead() {
      lists.clear();
      watchAll();
      post({ kind: 'who-watches' });
    },
    fromServer(event) {
      if (event.kind === 'presence') known.set(event.notice.userId, event);
      tell(event);
      post({ kind: 'ephemeral', event });
    },
    fromTab(message) {
      const leading = engine();
      switch (message.kind) {
        case 'typing':
          return leading?.typing(message.stream, message.on);
        case 'watch':
          if (leading === undefined) return;
          if (message.userIds.length === 0) lists.delete(message.tab);
          else lists.set(message.tab, message.userIds);
          watchAll();
          // The server tells what is new to it only: whom another tab watches already is known here.
          for (const id of message.userIds) {
            const event = known.get(id);
            if (event !== undefined) post({ kind: 'ephemeral', event });
          }
          return;
        case 'who-watches':
          return own.length === 0 ? undefined : postOwn();
        case 'ephemeral':
          return leading === undefined ? tell(message.event) : undefined;
        case 'queued':
        case 'wake':
        case 'ask':
        case 'status':
          return;
      }
    },
    forget: () => known.clear(),
    close() {
      if (own.length > 0) post({ kind: 'watch', tab, userIds: [] });
    },
  };
}
