import { useLocation } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { useShownConnection } from '#app/state/shown-connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';

/** Where there is no chat yet: why, and the way to a first one, which needs no network. */
export function Invitation() {
  const words = useWords();
  const [, navigate] = useLocation();
  const { phase } = useShownConnection();
  const isNew = useAppSelector((state) => state.connection.caughtUpAt === null);
  const kind = !isNew || phase === 'online' ? 'empty' : phase === 'catching-up' ? 'emptyLoading' : 'emptyOffline';
  return (
    <EmptyState hasDrawing title={words(`list.${kind}`)} body={words(`list.${kind}Body`)}>
      <Button onClick={() => navigate(paths.newChat)}>{words('list.newChat')}</Button>
    </EmptyState>
  );
}
