import { useLiveQuery } from 'dexie-react-hooks';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { emptyList } from './empty-list.ts';

/** Shown while there are no chats: the reason, and a button for a first one, which works offline. */
export function Invitation({ store }: { store: ViewStore }) {
  const words = useWords();
  const [, navigate] = useLocation();
  const { phase } = useAppSelector(shownConnection);
  const isNew = useAppSelector((state) => state.connection.caughtUpAt === null);
  // The list may have been read before the device caught up; then its chats appear a moment later.
  const [wasNew] = useState(isNew);
  const isEmpty = useLiveQuery(
    async () => !isNew && wasNew && (await store.conversationsAfter(undefined, 1)).length === 0,
    [store, isNew, wasNew],
  );
  const kind = emptyList(isNew || (wasNew && isEmpty !== true), phase);
  return (
    <EmptyState hasDrawing title={words(`list.${kind}`)} body={words(`list.${kind}Body`)}>
      <Button onClick={() => navigate(paths.newChat)}>{words('new.title')}</Button>
    </EmptyState>
  );
}
