import { Link2, LogOut, Pencil, X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { conversationNameWords, personWords } from '#app/i18n/name-words.ts';
import { leaveQuestion } from '#app/i18n/leave-words.ts';
import { useWords, withLaterWords } from '#app/i18n/words.ts';
import { removeMember } from '#app/ops/members.ts';
import { HeldBack } from '#app/media/held-back.ts';
import { isOnServer } from '#app/shown/conversation.ts';
import { conversationName } from '#app/shown/name.ts';
import { isRequest } from '#app/shown/request.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import type { Client } from '#app/sync/client.ts';
import { Button, IconButton } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { Pane } from '#app/ui/Pane.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { directPeer, directStream, isDirect, type ConversationId } from '#protocol/ids.ts';
import { successorOf } from '#protocol/policies.ts';
import { BlockPerson } from './BlockPerson.tsx';
import { ChatNotifications } from './ChatNotifications.tsx';
import { DetailsHead } from './DetailsHead.tsx';
import { EditGroupDialog } from './EditGroupDialog.tsx';
import { offeredIn } from './offered-actions.ts';
import { GoToDate } from './GoToDate.tsx';
import { Members } from './Members.tsx';
import { OwnChoices } from './OwnChoices.tsx';
import { ReportButton } from './ReportButton.tsx';
import { PinnedMessages } from './PinnedMessages.tsx';
import type { Question } from './question.ts';
import { SharedFiles } from './SharedFiles.tsx';
import { SharedGroups } from './SharedGroups.tsx';
import { useDetails } from './use-details.ts';
import styles from './Details.module.css';

const GroupLinks = lazyExtra(withLaterWords(() => import('./GroupLinks.tsx')));

export interface DetailsProps {
  client: Client;
  stream: ConversationId;
  /** Hides the details beside the chat; absent if they have a page of their own, with a way back. */
  onHide?: () => void;
  /** Opens the dialog that adds people. */
  onAdd: (title: string) => void;
  /** The device lacks the chat, so there is nothing to show. */
  onMissing?: () => void;
  /** Refused changes, on the page where the chat cannot show them. */
  children?: ReactNode;
}

/** A chat's people, description and pins, with the actions that the user may take. */
export default function Details({ client, stream, onHide, onAdd, onMissing, children }: DetailsProps) {
  const words = useWords();
  const now = useNow();
  const { store, outbox } = client;
  const self = store.userId;
  const [, navigate] = useLocation();
  const [question, setQuestion] = useState<Question>();
  const [isEditing, setEditing] = useState(false);
  const [isInviting, setInviting] = useState(false);
  const details = useDetails(store, stream);
  const isMissing = details !== undefined && details.row === undefined;
  useEffect(() => {
    if (isMissing) onMissing?.();
  }, [isMissing, onMissing]);
  const isAlone = onHide === undefined;
  const people = details?.people;
  const nameOf = useCallback((id: string) => personWords(id, { self, people }, words), [people, self, words]);

  const isGroup = !isDirect(stream);
  const row = details?.row;
  const named = conversationName({ stream, ...row }, self, people ?? new Map());
  const name = conversationNameWords(named, words);
  const hasLeft = details?.hasLeft === true;
  const role = details?.role;
  const offered = offeredIn(stream, role === undefined ? undefined : { userId: self, role });

  function leave() {
    const next = role === 'owner' ? successorOf(details?.members ?? [], self) : undefined;
    const successor = next === undefined ? undefined : nameOf(next.userId);
    setQuestion({
      ...leaveQuestion({ name, role, successor }, words),
      confirm: words('details.leave'),
      act() {
        void outbox.queue(removeMember(stream, self));
        navigate(paths.list);
      },
    });
  }

  const mayAdd = offered.add;
  // The same function in every render, for the memoized members.
  const add = useMemo(() => (mayAdd ? () => onAdd(name) : undefined), [mayAdd, onAdd, name]);

  return (
    <Pane
      look="side"
      title={words('details.title')}
      hidesTitle={!isAlone}
      back={isAlone && <BackLink to={chatPath(stream)} isAlwaysShown />}
      bar={
        <span className={styles.tools}>
          {offered.change && (
            <IconButton label={words('details.edit')} onClick={() => setEditing(true)}>
              <Pencil size={18} aria-hidden />
            </IconButton>
          )}
          {onHide !== undefined && (
            <IconButton label={words('details.hide')} onClick={onHide}>
              <X size={19} aria-hidden />
            </IconButton>
          )}
        </span>
      }
      isBusy={details === undefined}
    >
      {details !== undefined && row !== undefined && (
        <div className={styles.scroller}>
          <DetailsHead
            store={store}
            row={row}
            self={self}
            name={name}
            memberCount={details.members.length}
            hasLeft={hasLeft}
            now={now}
          />
          {children}
          {hasLeft ? (
            <p className={styles.gone}>{words('chat.left')}</p>
          ) : (
            <>
              <OwnChoices
                stream={stream}
                membership={row.membership}
                lastSeq={row.lastSeq}
                outbox={outbox}
                now={now}
                onAdd={add}
              />
              {stream !== directStream(self, self) && (
                <ChatNotifications stream={stream} membership={row.membership} outbox={outbox} />
              )}
              {row.record?.about !== undefined && (
                <section className={styles.section} aria-label={words('details.about')}>
                  <h3 className={styles.heading}>{words('details.about')}</h3>
                  <p className={styles.about} dir="auto">
                    {row.record.about}
                  </p>
                </section>
              )}
              {details.pinned.length > 0 && (
                <PinnedMessages stream={stream} pinned={details.pinned} outbox={outbox} nameOf={nameOf} />
              )}
              <GoToDate client={client} stream={stream} />
              <HeldBack value={isRequest(row?.membership)}>
                <SharedFiles client={client} stream={stream} />
              </HeldBack>
              {!isGroup && stream !== directStream(self, self) && (
                <SharedGroups store={store} person={directPeer(stream, self)} />
              )}
              {isGroup && (
                <Members
                  stream={stream}
                  members={details.members}
                  self={self}
                  role={role}
                  client={client}
                  now={now}
                  nameOf={nameOf}
                  onAdd={add}
                  onAsk={setQuestion}
                />
              )}
              {offered.add && isOnServer(row) && (
                <Button look="link" className={styles.invite} onClick={() => setInviting(true)}>
                  <Link2 size={18} aria-hidden />
                  <span>{words('links.open')}</span>
                </Button>
              )}
              {isGroup && row.record !== undefined && isOnServer(row) && (
                <p className={styles.note}>
                  {words(row.record.history === 'all' ? 'details.historyAll' : 'details.historyJoined')}
                </p>
              )}
              {!isGroup && stream !== directStream(self, self) && (
                <>
                  <BlockPerson client={client} userId={directPeer(stream, self)} name={name} />
                  <ReportButton client={client} about={{ person: directPeer(stream, self) }} name={name} />
                </>
              )}
              {isGroup && isOnServer(row) && <ReportButton client={client} about={{ group: stream }} name={name} />}
              {offered.leave && (
                <Button look="link" className={styles.leave} onClick={leave}>
                  <LogOut size={18} aria-hidden />
                  <span>{words('details.leave')}</span>
                </Button>
              )}
            </>
          )}
        </div>
      )}
      {question !== undefined && (
        <ConfirmDialog
          title={question.title}
          body={question.body}
          cancel={words('app.cancel')}
          confirm={question.confirm}
          onConfirm={() => {
            setQuestion(undefined);
            question.act();
          }}
          onClose={() => setQuestion(undefined)}
        />
      )}
      {isInviting && <GroupLinks stream={stream} name={name} nameOf={nameOf} onClose={() => setInviting(false)} />}
      {isEditing && row !== undefined && (
        <EditGroupDialog
          self={self}
          stream={stream}
          group={{
            title: row.record?.title ?? '',
            about: row.record?.about ?? '',
            history: row.record?.history ?? 'all',
          }}
          outbox={outbox}
          onClose={() => setEditing(false)}
        />
      )}
    </Pane>
  );
}
