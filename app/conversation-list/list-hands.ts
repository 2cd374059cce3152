import { createContext } from 'react';
import type { MenuPress } from '#app/ui/menu-press.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Entry } from './entry.ts';

/** The callbacks by which an entry reports to the list. */
export interface ListHands {
  /** A right click, a long press or a key opens the chat's menu. */
  onMenu: (entry: Entry, press: MenuPress) => void;
  /** The chat is opened from the list. */
  onChoose: () => void;
}

export const ListHands = createContext<ListHands>({ onMenu: () => {}, onChoose: () => {} });

export interface OpenChatMenu {
  entry: Entry;
  press: MenuPress;
}

/** The entry of a chat, if it is near the screen. */
export function entryOf(stream: ConversationId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`nav [data-stream="${CSS.escape(stream)}"]`);
}
