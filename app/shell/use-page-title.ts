import { useEffect, useMemo } from 'react';
import type { ListRows } from '#app/shown/list-rows.ts';
import { isolated } from '#app/i18n/isolate.ts';
import { useWords } from '#app/i18n/words.ts';
import { callingUnread } from '#app/shown/list-entry.ts';
import type { Client } from '#app/sync/client.ts';
import { useNow } from '#app/ui/use-now.ts';

/** Sets the page's title: the number of unread messages, the page, and the app's name. [A18] */
export function usePageTitle(page: string, unread: number): void {
  const words = useWords();
  useEffect(() => {
    const count = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
    document.title = `${count}${page === '' ? '' : `${isolated(page)} – `}${words('app.name')}`;
  }, [page, unread, words]);
}

/** The number that the title shows. It changes with the time too, because a mute ends. */
export function useCallingUnread(list: ListRows | undefined, { userId: self }: Client): number {
  const now = useNow();
  return useMemo(() => (list === undefined ? 0 : callingUnread(list.rows, { ...list, self, now })), [list, self, now]);
}
