import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';

/** Sets the page's title: the number of unread messages, the page, and the app's name. [A18] */
export function usePageTitle(page: string, unread: number): void {
  const words = useWords();
  useEffect(() => {
    const count = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
    document.title = `${count}${page === '' ? '' : `${page} – `}${words('app.name')}`;
  }, [page, unread, words]);
}
