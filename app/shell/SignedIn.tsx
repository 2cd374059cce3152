import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { ConversationList } from '#app/conversation-list/ConversationList.tsx';
import { useRows } from '#app/conversation-list/use-rows.ts';
import { Invitation } from '#app/conversation-list/Invitation.tsx';
import { useWords } from '#app/i18n/words.ts';
import { SignInAgain } from '#app/session/SignInAgain.tsx';
import { SignOutDialog } from '#app/session/SignOutDialog.tsx';
import { backToList } from '#app/state/back-to-list.ts';
import { placeSeen } from '#app/state/navigation.ts';
import { chatAt } from '#app/state/place.ts';
import type { Profile } from '#app/state/session.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { ChatPlace } from './ChatPlace.tsx';
import { LazyPane } from './LazyPane.tsx';
import type { SessionActions } from './session-actions.ts';
import { usePageTitle } from './use-page-title.ts';
import { useWatch } from './use-watch.ts';
import styles from './Shell.module.css';

const NewChat = lazyComponent(() => import('#app/people/NewChat.tsx'));
const Settings = lazyComponent(() => import('#app/settings/Settings.tsx'));

interface SignedInProps {
  client: Client;
  profile: Profile;
  actions: SessionActions;
}

/** List and place beside each other, or one of them on a phone. */
export function SignedIn({ client, profile, actions }: SignedInProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const [path, navigate] = useLocation();
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  // Asked for at once when the session ends; put off, it waits for a press, until the session ends the next time.
  const [isPutOff, setPutOff] = useState(false);
  const [couldStay, setCouldStay] = useState(!mustSignIn);
  if (couldStay === mustSignIn) {
    setCouldStay(!mustSignIn);
    setPutOff(false);
  }
  const [isLeaving, setLeaving] = useState(false);
  const [chatName, setChatName] = useState('');
  const chat = chatAt(path);
  const isKnown = path === '/' || path === '/new' || path === '/settings' || chat !== undefined;
  const held = useRows(client.store);
  const rows = held?.rows;
  // What signing out would lose: one that is refused too, for its words are nowhere else.
  const unsent = held?.outbox.filter(({ op, state }) => op.kind === 'message.send' && state !== 'sent').length;
  useWatch(client, rows, chat);

  useEffect(() => {
    if (!isKnown) navigate('/', { replace: true });
    else dispatch(placeSeen(path));
  }, [isKnown, path, navigate, dispatch]);
  useEffect(() => {
    void actions.check();
    const check = () => void actions.check();
    addEventListener('online', check);
    return () => removeEventListener('online', check);
  }, [actions]);
  const unread = (rows ?? []).reduce((sum, row) => sum + row.unread, 0);
  usePageTitle(
    chat !== undefined
      ? chatName
      : path === '/new'
        ? words('new.title')
        : path === '/settings'
          ? words('settings.title')
          : '',
    unread,
  );

  const onSignInAgain = useCallback(() => setPutOff(false), []);
  return (
    <div className={styles.shell} data-place={path === '/' || !isKnown ? 'list' : 'beside'}>
      <div className={styles.list}>
        <ConversationList
          client={client}
          held={held}
          chosen={chat}
          isAlone={path === '/'}
          onSignInAgain={onSignInAgain}
        />
      </div>
      {chat !== undefined && <ChatPlace key={chat} client={client} stream={chat} onName={setChatName} />}
      {chat === undefined && (
        <main className={styles.main}>
          {/* Made anew for each place: what broke in one is not the other's. */}
          <LazyPane key={path} back={{ href: '/', onClick: backToList }}>
            {path === '/new' && <NewChat client={client} selfName={profile.name} />}
            {path === '/settings' && (
              <Settings
                onChangePassword={(current, next) => actions.changePassword(client, current, next)}
                onSignOut={() => setLeaving(true)}
              />
            )}
          </LazyPane>
          {path === '/' &&
            rows !== undefined &&
            (rows.length === 0 ? (
              <Invitation />
            ) : (
              <EmptyState title={words('list.choose')} body={words('list.chooseBody')} />
            ))}
        </main>
      )}
      {mustSignIn && !isPutOff && (
        <SignInAgain
          email={profile.email}
          onClose={() => setPutOff(true)}
          onOther={() => {
            setPutOff(true);
            setLeaving(true);
          }}
          onSubmit={async (input) => {
            const problem = await actions.enter('sign-in', input);
            if (problem === undefined) client.reconnect();
            return problem;
          }}
        />
      )}
      {isLeaving && (
        <SignOutDialog unsent={unsent ?? 0} onClose={() => setLeaving(false)} onSignOut={() => actions.leave(client)} />
      )}
    </div>
  );
}
