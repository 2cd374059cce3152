import { PenLine, Settings } from 'lucide-react';
import { memo, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useWords, withAllWords, withListWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Chips } from '#app/ui/Chips.tsx';
import { Button, IconButton } from '#app/ui/Button.tsx';
import { Mark } from '#app/ui/Mark.tsx';
import { SearchField } from '#app/ui/SearchField.tsx';
import { useBackCloses } from '#app/ui/history-layers.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { ConnectionLine } from './ConnectionLine.tsx';
import { EntryList } from './EntryList.tsx';
import { entriesOf, filterEntries, type Filter } from './entry.ts';
import { Invitation } from './Invitation.tsx';
import { ListHands, entryOf, type OpenChatMenu } from './list-hands.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import styles from './ConversationList.module.css';

const isApple = /mac|iphone|ipad/iu.test(navigator.userAgent);
const NotificationOffer = lazyExtra(withAllWords(() => import('#app/push/NotificationOffer.tsx')));
const NoMatch = lazyExtra(withListWords(() => import('./NoMatch.tsx')));
const ChatMenu = lazyExtra(withAllWords(() => import('./ChatMenu.tsx')));

interface ConversationListProps {
  client: Client;
  /** Undefined while they are being read. */
  list: ListRows | undefined;
  /** The open chat. */
  chosen: ConversationId | undefined;
  /** No page is open beside the list. An empty list then invites to a first chat, and has the only button for it. */
  isAlone: boolean;
  /** The first screens are drawn, and what they can do without may be fetched. */
  hasStarted: boolean;
  onSignInAgain: () => void;
  /** Searches messages and people too for the typed text. */
  onSearchAll: (typed: string) => void;
  /** Below the list. */
  note?: ReactNode;
}

export const ConversationList = memo(function ConversationList({
  client,
  list,
  chosen,
  isAlone,
  hasStarted,
  onSignInAgain,
  onSearchAll,
  note,
}: ConversationListProps) {
  const words = useWords();
  const { store } = client;
  const [, navigate] = useLocation();
  const now = useNow();
  const [typed, setTyped] = useState('');
  /** Undefined until a menu is first asked for; it stays for the questions that follow it. */
  const [menu, setMenu] = useState<OpenChatMenu | 'closed'>();
  const [wanted, setFilter] = useState<Filter>('all');
  const entries = useMemo(
    () => (list === undefined ? undefined : entriesOf(list.rows, { ...list, self: store.userId, words, now })),
    [list, store, words, now],
  );
  const requests = entries?.filter((entry) => entry.isRequest).length ?? 0;
  const filter = wanted === 'requests' && requests === 0 ? 'all' : wanted;
  const shown = useMemo(() => filterEntries(entries ?? [], filter, typed), [entries, filter, typed]);
  const isSearching = typed.trim() !== '';
  useBackCloses(() => setTyped(''), typed !== '');
  const hands = useMemo(
    (): ListHands => ({ onMenu: (entry, press) => setMenu({ entry, press }), onChoose: () => setTyped('') }),
    [],
  );
  function searchKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    const [first] = shown;
    if (event.key === 'ArrowDown') return first === undefined ? undefined : entryOf(first.stream)?.focus();
    if (!isSearching) return;
    if (first === undefined) return onSearchAll(typed);
    setTyped('');
    navigate(chatPath(first.stream));
  }
  const isUnasked = useAppSelector((state) => state.settings.notifications === undefined);
  // Only somebody who has chats with other people can be notified of anything.
  const isOffering = hasStarted && isUnasked && typed === '' && (list?.rows.some(isExchange) ?? false);
  const isInviting = isAlone && entries?.length === 0;

  return (
    <div className={styles.pane}>
      <header className={styles.bar}>
        <Mark size={24} />
        <h1 className={styles.title}>{words('app.name')}</h1>
        <Link
          href={paths.settings}
          className={styles.icon}
          aria-label={words('settings.title')}
          title={words('settings.title')}
        >
          <Settings size={19} aria-hidden />
        </Link>
        {!isInviting && (
          <IconButton label={words('new.title')} className={styles.onDesktop} onClick={() => navigate(paths.newChat)}>
            <PenLine size={19} aria-hidden />
          </IconButton>
        )}
      </header>
      <div className={styles.tools} role="search">
        <SearchField
          label={words('list.searchChats')}
          placeholder={words('list.search')}
          clearLabel={words('list.clear')}
          hint={words(isApple ? 'jump.keysApple' : 'jump.keys')}
          value={typed}
          onChange={setTyped}
          onKey={searchKey}
        />
        <ConnectionLine client={client} outbox={list?.outbox ?? []} onSignInAgain={onSignInAgain} />
        {entries !== undefined && entries.length > 0 && (
          <Chips
            label={words('list.filter')}
            chosen={filter}
            onChoose={setFilter}
            options={[
              { value: 'all', label: words('list.all') },
              { value: 'unread', label: words('list.unread') },
              { value: 'groups', label: words('list.groups') },
              { value: 'archived', label: words('list.archived') },
              // Last, so that no other one moves when a request comes.
              ...(requests === 0
                ? []
                : [{ value: 'requests' as const, label: words('list.requests', { count: requests }) }]),
            ]}
          />
        )}
        {isSearching && (
          <Button look="quiet" onClick={() => onSearchAll(typed)}>
            {words('list.searchAll')}
          </Button>
        )}
      </div>
      <div className={styles.rest}>
        <div className={styles.chats}>
          {entries !== undefined && shown.length > 0 && (
            <ListHands value={hands}>
              <EntryList entries={shown} store={store} chosen={chosen} now={now} />
            </ListHands>
          )}
          {entries !== undefined && entries.length > 0 && shown.length === 0 && (
            <NoMatch entries={entries} filter={filter} isSearching={isSearching} onFilter={setFilter} />
          )}
          {isInviting && (
            <div className={styles.onPhone}>
              <Invitation store={store} />
            </div>
          )}
          {!isInviting && (
            <div className={styles.floating}>
              <Button onClick={() => navigate(paths.newChat)}>
                <PenLine size={18} aria-hidden />
                <span>{words('new.title')}</span>
              </Button>
            </div>
          )}
        </div>
        {/* Below the list, so that no chat moves away from a finger when it appears. */}
        {isOffering && <NotificationOffer client={client} />}
        {note}
      </div>
      {menu !== undefined && (
        <ChatMenu
          client={client}
          chosen={chosen}
          open={menu === 'closed' ? undefined : menu}
          onClose={() => setMenu('closed')}
        />
      )}
    </div>
  );
});

/** Whether somebody else has written here and the person has accepted the chat. */
function isExchange({ lastSeq, membership }: ListRows['rows'][number]): boolean {
  return lastSeq > 1 && membership !== undefined && membership.readSeq > 0;
}
