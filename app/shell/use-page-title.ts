import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';

/** The page's title: how many wait, where one is, whose app it is. [A18] */
export function usePageTitle(place: string, unread: number): void {
  const words = useWords();
  useEffect(() => {
    const count = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
    document.title = `${count}${place === '' ? '' : `${place} – `}${words('app.name')}`;
  }, [place, unread, words]);
}
