import type { ComponentType } from 'react';
import { withChatWords, withListWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { ChatPageProps } from './ChatPage.tsx';

/** Created once for the whole app, so that code that was fetched early is used wherever the page is drawn. */
export const ChatPage: ReturnType<typeof lazyComponent<ComponentType<ChatPageProps>>> = lazyComponent(
  withListWords(withChatWords(() => import('./ChatPage.tsx'))),
);
