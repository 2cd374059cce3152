import { createContext, useContext } from 'react';
import type { NamedPerson } from '#app/shown/mentions.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Client, Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import type { MessageDialog } from './message-dialog.ts';
import type { Quotes } from './quoted.ts';

/** What the parts of an open conversation share, so that the list need not pass it down to every message. */
export interface ConversationContextValue {
  client: Client;
  stream: ConversationId;
  self: UserId;
  outbox: Outbox;
  /** The user's role; undefined after they have left, and as long as the chat is a request. */
  role: Role | undefined;
  nameOf: (userId: string) => string;
  /** The names by which messages mention these people, as far as they are known. */
  mentionable: (ids: readonly UserId[]) => NamedPerson[];
  /** What the menu of a message offers. */
  actionsOf: (item: TimelineItem) => Action[];
  /** Undefined for somebody who has left. */
  react: ((item: TimelineItem, emoji: string, on: boolean) => void) | undefined;
  /** Undefined for somebody who has left. */
  reply: ((item: TimelineItem) => void) | undefined;
  jumpTo: (id: OpId) => void;
  /** Shows the profile of a sender. */
  onPerson: (person: Person) => void;
  /** Asks for a day to go to. */
  onDate: () => void;
  /** Opens a dialog about a message. */
  onDialog: (dialog: MessageDialog) => void;
  /** Shows one message of a blocked person. [BL5] */
  openWithheld: (id: OpId) => void;
}

export const ConversationContext = createContext<ConversationContextValue | undefined>(undefined);

/** It changes more often than the rest, so it has a context of its own. */
export const QuotesContext = createContext<Quotes>({});

/** What the lines between messages show. Only those lines read it, so that no message is drawn again when it changes. */
export const DividersContext = createContext({ today: 0, newCount: 0 });

export function useConversation(): ConversationContextValue {
  const value = useContext(ConversationContext);
  if (value === undefined) throw new Error('useConversation is used outside a conversation');
  return value;
}
