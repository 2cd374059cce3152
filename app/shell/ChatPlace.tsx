import { Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { Conversation } from '#app/conversation/Conversation.tsx';
import { FailedChanges } from '#app/conversation/FailedChanges.tsx';
import { detailsShown } from '#app/state/navigation.ts';
import { chatPath, detailsPath, isDetails } from '#app/state/place.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { LazyPane } from './LazyPane.tsx';
import { useIsWide } from './use-width.ts';
import styles from './Shell.module.css';

const Details = lazyComponent(() => import('#app/details/Details.tsx'));
const AddPeople = lazyComponent(() => import('#app/people/AddPeople.tsx'));

interface ChatPlaceProps {
  client: Client;
  stream: ConversationId;
  onName: (name: string) => void;
}

/** A chat and its details: side by side where there is room, else two places of the history. */
export function ChatPlace({ client, stream, onName }: ChatPlaceProps) {
  const dispatch = useAppDispatch();
  const [path, navigate] = useLocation();
  const isWide = useIsWide();
  const isKeptShown = useAppSelector((state) => state.navigation.hidesDetails !== true);
  /** The group's name, while people are added to it. */
  const [adding, setAdding] = useState<string>();
  const isPlace = isDetails(path);
  const isBeside = isWide && (isKeptShown || isPlace);

  function show(on: boolean) {
    dispatch(detailsShown(on));
    if (isPlace) navigate(chatPath(stream), { replace: true });
  }

  return (
    <>
      {(isWide || !isPlace) && (
        <main className={styles.main}>
          <Conversation
            client={client}
            stream={stream}
            onName={onName}
            details={
              isWide
                ? { isShown: isBeside, onPress: () => show(!isBeside) }
                : { onPress: () => navigate(detailsPath(stream)) }
            }
          />
        </main>
      )}
      {isBeside && (
        <aside className={styles.details}>
          <LazyPane>
            <Details client={client} stream={stream} onAdd={setAdding} onHide={() => show(false)} />
          </LazyPane>
        </aside>
      )}
      {isPlace && !isWide && (
        <main className={styles.main}>
          <LazyPane back={{ href: chatPath(stream) }}>
            <Details client={client} stream={stream} onAdd={setAdding}>
              <FailedChanges client={client} stream={stream} />
            </Details>
          </LazyPane>
        </main>
      )}
      {adding !== undefined && (
        <Suspense fallback={null}>
          <AddPeople client={client} stream={stream} name={adding} onClose={() => setAdding(undefined)} />
        </Suspense>
      )}
    </>
  );
}
