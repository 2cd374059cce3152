import { Suspense, useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { ForwardedMessages } from '#app/conversation/forwarded-messages.ts';
import { ConversationList } from '#app/conversation-list/ConversationList.tsx';
import { Invitation } from '#app/conversation-list/Invitation.tsx';
import { useListRows } from '#app/conversation-list/use-list-rows.ts';
import { useWords, withAccountWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { isListBefore, leavePage } from '#app/links/back-to-list.ts';
import { paths } from '#app/links/paths.ts';
import { useHasPlayed } from '#app/media/has-played.ts';
import { useOpenedFile } from '#app/media/opened-file.ts';
import { SessionEnded } from '#app/session/SessionEnded.tsx';
import { placeSeen } from '#app/state/navigation.ts';
import type { Profile } from '#app/state/session.ts';
import { useAppDispatch, useAppSelector, useAppStore } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { useSilenceAtEnd } from '#app/ui/Announcer.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { importWithRetry, lazyComponent, lazyExtra } from '#app/ui/lazy-component.ts';
import { afterFirstScreens } from './after-first-screens.ts';
import { LazyPane, LoadingPane } from './LazyPane.tsx';
import { ChatPage } from './lazy-chat-page.ts';
import { listedName } from './listed-name.ts';
import { NewChat, Settings } from './lazy-panes.ts';
import { factsOf, routeOf, type Route } from './routes.ts';
import type { LoadSession } from './load-session.ts';
import type { SessionActions } from './session-actions.ts';
import { useCallingUnread, usePageTitle } from './use-page-title.ts';
import { useEscape } from './use-escape.ts';
import { useDeferredWork } from './use-deferred-work.ts';
import type { DeferredWork } from './deferred-work.ts';
import { useJump } from './use-jump.ts';
import { useOfferedFiles } from './use-offered-files.ts';
import { useSharedIn } from './use-shared-in.ts';
import { useShownPhase } from './use-shown-phase.ts';
import { useSignInAgain } from './use-sign-in-again.ts';
import { useUploads } from './use-uploads.ts';
import { useWatchedPeople } from './use-watched-people.ts';
import styles from './Shell.module.css';

const loadKeeping = async () => (await import('#app/media/keep-unasked.ts')).keepUnasked;
const loadAhead = async () => (await import('./panes-ahead.ts')).fetchPanesAhead;
const loadIndexing = async (): Promise<DeferredWork> => {
  const { indexInTurn } = await import('#app/search/index-in-turn.ts');
  return ({ store }, signal) => indexInTurn(store, signal);
};
const ForwardDialog = lazyExtra(withAllWords(() => import('./ForwardDialog.tsx')));
const OpenedFile = lazyExtra(withAllWords(() => import('./OpenedFile.tsx')));
const ShareDialog = lazyExtra(withAllWords(() => import('./ShareDialog.tsx')));
const NowPlaying = lazyExtra(withAllWords(() => import('#app/media/NowPlaying.tsx')));
const JumpDialog = lazyExtra(withAllWords(() => import('./JumpDialog.tsx')));
const SessionDialogs = lazyExtra(withAccountWords(withAllWords(() => import('./SessionDialogs.tsx'))));
const LinkPage = lazyComponent(withLaterWords(() => import('#app/people/LinkPage.tsx')));
const NotificationsInStep = lazyExtra(withAllWords(() => import('#app/push/NotificationsInStep.tsx')));
const Administration = lazyComponent(
  withAccountWords(withLaterWords(() => import('#app/administration/Administration.tsx'))),
);
const PageWatch = lazyExtra(withAllWords(() => import('./PageWatch.tsx')));
const SharedTab = lazyExtra(withAllWords(() => import('./SharedTab.tsx')));
const OutboxPage = lazyComponent(withLaterWords(() => import('./OutboxPage.tsx')));

interface SignedInProps {
  client: Client;
  profile: Profile;
  actions: SessionActions;
  loadSession: LoadSession;
}

/** The list and the current page, side by side, or one of them on a phone. */
export function SignedIn({ client, profile, actions, loadSession }: SignedInProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const [path, navigate] = useLocation();
  const [isSigningOut, setSigningOut] = useState(false);
  const [chatName, setChatName] = useState('');
  const [forwarded, setForwarded] = useState<ForwardedMessages>();
  const signInAgain = useSignInAgain();
  const isShared = useAppSelector((state) => state.session.isShared === true);
  const known = routeOf(path, 'signed-in');
  const route: Route = known ?? { page: 'list' };
  const chat = route.page === 'chat' ? route.stream : undefined;
  const list = useListRows(client.store);
  const rows = list?.rows;
  const jump = useJump();
  const hasPlayed = useHasPlayed();
  const openedFile = useOpenedFile();
  const [shared, endShared] = useSharedIn(client.userId);
  useSilenceAtEnd();
  useOfferedFiles();
  useUploads(client);
  useDeferredWork(client, loadKeeping);
  useDeferredWork(client, loadIndexing);
  useShownPhase();
  useEffect(() => client.prefer(chat), [client, chat]);
  useWatchedPeople(client, rows, chat);

  const toList = () => (isListBefore() ? leavePage() : navigate(paths.list, { replace: true }));
  useEscape(['new-chat', 'settings', 'administration', 'outbox', 'link'].includes(route.page) ? toList : undefined);

  // A chat is one press away, and the list need not wait for its code.
  const hasList = list !== undefined;
  const store = useAppStore();
  const [hasStarted, setStarted] = useState(false);
  useEffect(() => {
    if (!hasList) return;
    void ChatPage.fetch();
    let isCancelled = false;
    void afterFirstScreens(store).then(async () => {
      if (isCancelled) return;
      setStarted(true);
      const fetchPanesAhead = await importWithRetry(loadAhead);
      await fetchPanesAhead(store);
    });
    return () => {
      isCancelled = true;
    };
  }, [store, hasList]);

  const { page } = route;
  const isKnown = known !== undefined;
  useEffect(() => {
    // A person who starts the app again later does not want to return to a link.
    if (page === 'link') return;
    if (isKnown) dispatch(placeSeen(path));
    else navigate(paths.list, { replace: true });
  }, [isKnown, page, path, navigate, dispatch]);
  useEffect(() => {
    const check = () => void actions.check();
    check();
    addEventListener('online', check);
    return () => removeEventListener('online', check);
  }, [actions]);
  const { title, pane } = factsOf(route);
  const unread = useCallingUnread(list, client);
  usePageTitle(chat !== undefined ? chatName : title === undefined ? '' : words(title), unread);

  const { ask } = signInAgain;
  const onSignInAgain = useCallback(() => ask(true), [ask]);
  return (
    <div className={styles.shell} data-pane={pane}>
      <div className={styles.list}>
        <ConversationList
          client={client}
          list={list}
          chosen={chat}
          isAlone={route.page === 'list'}
          hasStarted={hasStarted}
          onSignInAgain={onSignInAgain}
          onSearchAll={jump.searchAll}
          note={isShared && <SharedTab client={client} list={list} />}
        />
      </div>
      {signInAgain.mustSignIn && (
        <div className={styles.ended}>
          <SessionEnded onSignIn={onSignInAgain} />
        </div>
      )}
      {route.page === 'chat' ? (
        <Suspense
          fallback={
            <main className={styles.main}>
              <LoadingPane backTo={paths.list} />
            </main>
          }
        >
          <ChatPage
            key={chat}
            client={client}
            stream={route.stream}
            isDetails={route.isDetails}
            listedName={list && listedName(list, route.stream, client.userId, words)}
            isUnlisted={list !== undefined && !list.rows.some(({ stream }) => stream === route.stream)}
            onName={setChatName}
            onSearch={jump.searchIn}
            onForward={setForwarded}
          />
        </Suspense>
      ) : (
        <main className={styles.main}>
          {/* Keyed by page, so that a crash on one page does not hide the next. */}
          <LazyPane key={route.page} backTo={paths.list}>
            {route.page === 'new-chat' && <NewChat client={client} selfName={profile.name} onClose={toList} />}
            {route.page === 'link' && <LinkPage key={route.path} client={client} path={route.path} />}
            {route.page === 'administration' && <Administration client={client} onClose={toList} />}
            {route.page === 'outbox' && list !== undefined && (
              <OutboxPage client={client} list={list} onClose={toList} />
            )}
            {route.page === 'settings' && (
              <Settings
                client={client}
                onChangePassword={async (current, next) => (await loadSession()).changePassword(client, current, next)}
                onReplaceSession={async (run) => (await loadSession()).replaceSession(client, run)}
                onSignOut={() => setSigningOut(true)}
                onDelete={async (password) => (await loadSession()).deleteAccount(client, password)}
                onClose={toList}
              />
            )}
          </LazyPane>
          {route.page === 'list' &&
            rows !== undefined &&
            (rows.length === 0 ? (
              <Invitation store={client.store} />
            ) : (
              <EmptyState title={words('list.choose')} body={words('list.chooseBody')} />
            ))}
        </main>
      )}
      {(signInAgain.isAsked || isSigningOut) && (
        <SessionDialogs
          client={client}
          email={profile.email}
          actions={actions}
          isAskedToSignIn={signInAgain.isAsked}
          onAskToSignIn={ask}
          isSigningOut={isSigningOut}
          onSignOut={setSigningOut}
          list={list}
        />
      )}
      {hasStarted && <PageWatch />}
      {hasStarted && list !== undefined && (
        <NotificationsInStep client={client} rows={list.rows} outbox={list.outbox} unread={unread} />
      )}
      {forwarded !== undefined && list !== undefined && (
        <ForwardDialog client={client} list={list} messages={forwarded} onClose={() => setForwarded(undefined)} />
      )}
      {shared !== undefined && list !== undefined && (
        <ShareDialog client={client} list={list} shared={shared} onClose={endShared} />
      )}
      {openedFile !== undefined && <OpenedFile client={client} opened={openedFile} onForward={setForwarded} />}
      {hasPlayed && <NowPlaying store={client.store} />}
      {jump.open !== undefined && list !== undefined && (
        <JumpDialog
          client={client}
          list={list}
          stream={jump.open.stream}
          initial={jump.open.typed}
          onClose={jump.close}
        />
      )}
    </div>
  );
}
