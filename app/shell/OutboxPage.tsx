import { useMemo, useRef } from 'react';
import { Link } from 'wouter';
import { Attempts } from '#app/conversation/Attempts.tsx';
import { entriesOf } from '#app/conversation-list/entry.ts';
import { clockTime, shortTime } from '#app/i18n/instants.ts';
import { previewOf } from '#app/i18n/message-text-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { filesOf } from '#app/local-store/files.ts';
import { usePaused } from '#app/media/use-paused.ts';
import { usePickAgain } from '#app/media/use-pick-again.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { waitingOps, type WaitingOp } from '#app/shown/waiting-ops.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import { StatusIcon } from '#app/ui/StatusIcon.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { chatPath } from '#protocol/chat-path.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './OutboxPage.module.css';

interface OutboxPageProps {
  client: Client;
  list: ListRows;
  onClose: () => void;
}

/** All ops that wait on this device, in all chats: their state and age, the reason, and the possible actions. [ask 16] */
export default function OutboxPage({ client, list, onClose }: OutboxPageProps) {
  const words = useWords();
  const now = useNow();
  const self = client.userId;
  const { phase } = useAppSelector(shownConnection);
  const content = useRef<HTMLDivElement>(null);
  const paused = usePaused(self);
  const items = useMemo(() => waitingOps(list.outbox, self, paused), [list.outbox, self, paused]);
  const nameOf = useMemo(() => {
    const names = new Map(
      entriesOf(list.rows, { ...list, self, words, now }).map(({ stream, name }) => [stream, name]),
    );
    return (stream: WaitingOp['stream']) => names.get(stream) ?? words('list.unnamed');
  }, [list, self, words, now]);

  return (
    <Pane
      look="page"
      title={words('outbox.title')}
      back={<BackLink to={paths.list} />}
      close={{ label: words('app.close'), onPress: onClose }}
    >
      <div className={shapes.page}>
        {/* Takes the focus of the removed entry. */}
        <div ref={content} tabIndex={-1} className={shapes.column}>
          {items.length === 0 ? (
            <EmptyState title={words('outbox.empty')} body={words('outbox.emptyBody')} />
          ) : (
            <>
              {items.some(({ state }) => state !== 'failed') && (
                <p role="status">{words(phase === 'online' ? 'outbox.online' : 'outbox.offline')}</p>
              )}
              {items.some(({ state }) => state === 'failed') && <p>{words('outbox.failed')}</p>}
              <ul className={styles.items}>
                {items.map((item) => (
                  <li key={item.id} className={styles.item}>
                    <StatusIcon look={lookOf(item)} label={words(`outbox.state.${item.state}`)} />
                    <div className={styles.words}>
                      <p className={styles.what}>
                        <span>{`${words(`outbox.${item.kind}`)} `}</span>
                        <Link href={chatPath(item.stream)} dir="auto" translate="no">
                          {nameOf(item.stream)}
                        </Link>
                      </p>
                      {item.text !== '' && (
                        <p className={styles.text} dir="auto">
                          {previewOf(item.text)}
                        </p>
                      )}
                      <p className={styles.facts}>{factsWords(item, now, words)}</p>
                      {item.tries.length > 0 && (
                        <details className={styles.tries}>
                          <summary>{words('info.attempts')}</summary>
                          <Attempts count={item.attempts} tries={item.tries} last="underWay" />
                        </details>
                      )}
                      <Choices item={item} client={client} onDone={() => content.current?.focus()} />
                    </div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </Pane>
  );
}

function lookOf({ state }: WaitingOp) {
  return state === 'failed' || state === 'sending' ? state : 'waiting';
}

/** The state, the age, the number of attempts, and the server's answer. */
function factsWords({ state, at, attempts, reason }: WaitingOp, now: Date, words: Words): string {
  const short = shortTime(at, now);
  const clock = clockTime(at);
  return [
    words(`outbox.state.${state}`),
    words('outbox.since', { time: short === clock ? clock : `${short} ${clock}` }),
    ...(attempts === 0 ? [] : [words('outbox.attempts', { count: attempts })]),
    ...(reason === undefined ? [] : [words(`reason.${reason}`)]),
  ].join(' · ');
}

interface ChoicesProps {
  item: WaitingOp;
  client: Client;
  onDone: () => void;
}

function Choices({ item, client: { outbox, userId: self }, onDone }: ChoicesProps) {
  const words = useWords();
  const notify = useNotice();
  const pickAgain = usePickAgain(outbox);
  const { id, stream, kind, state, reason, mayCancel, attachments } = item;
  const isPaused = state === 'paused';
  const pause = () => item.files.forEach((file) => void filesOf(self).noteSending({ id: file, isPaused: !isPaused }));
  async function cancel() {
    onDone();
    if (kind !== 'message.send') {
      if (!(await outbox.takeBack([id]))) notify(words('outbox.tooLate'));
      return;
    }
    const undo = await outbox.cancel(stream, id);
    if (undo !== undefined) notify(words('menu.cancelled'), { label: words('menu.undo'), run: () => void undo() });
  }
  if (state !== 'failed' && !mayCancel) return null;
  return (
    <div className={styles.choices}>
      {state === 'failed' ? (
        <>
          {reason === 'file_lost' && (
            <Button look="link" onClick={() => void pickAgain(self, { id, stream, attachments })}>
              {words('failed.pickAgain')}
            </Button>
          )}
          {reason !== 'deleted' && reason !== 'file_lost' && (
            <Button look="link" onClick={() => void outbox.retry(id)}>
              {words(reason === 'edited' ? 'failed.apply' : 'failed.retry')}
            </Button>
          )}
          <Button
            look="link"
            onClick={() => {
              onDone();
              void outbox.discard(id);
            }}
          >
            {words('failed.discard')}
          </Button>
        </>
      ) : (
        <>
          {(isPaused || state === 'file') && (
            <Button look="link" onClick={pause}>
              {words(isPaused ? 'media.continueSending' : 'media.pauseSending')}
            </Button>
          )}
          <Button look="link" onClick={() => void cancel()}>
            {words('outbox.cancel')}
          </Button>
        </>
      )}
    </div>
  );
}
