import { useState } from 'react';
import { leaveQuestion } from '#app/i18n/leave-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { removeMember } from '#app/ops/members.ts';
import { blockPerson, updateMembership } from '#app/ops/own.ts';
import { ReportDialog } from '#app/reports/lazy-report-dialog.ts';
import { isShownConnected } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { directPeer, isDirect, type ConversationId } from '#protocol/ids.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import styles from './Conversation.module.css';

interface RequestBarProps {
  client: Client;
  stream: ConversationId;
  rows: ConversationRows;
  name: string;
}

/**
 * Shown instead of the composer in a chat that a stranger started: who it is, and what can be done. All of it works offline.
 * [RQ3] [RQ4]
 */
export function RequestBar({ client, stream, rows, name }: RequestBarProps) {
  const words = useWords();
  const isConnected = useAppSelector(isShownConnected);
  const [asked, setAsked] = useState<'decline' | 'report'>();
  const { outbox, store, userId: self } = client;
  const peer = isDirect(stream) ? directPeer(stream, self) : undefined;
  const about = rows.people.find(({ id }) => id === peer)?.about;
  const close = () => setAsked(undefined);
  function decline() {
    close();
    void outbox.queue(peer === undefined ? removeMember(stream, self) : blockPerson(self, peer, true));
  }
  const doDecline = words(peer === undefined ? 'details.leave' : 'block.do');
  const question =
    peer === undefined
      ? leaveQuestion({ name, role: rows.role, successor: undefined }, words)
      : { title: words('block.title', { name }), body: words('block.body') };
  return (
    <section className={styles.left} aria-label={words('request.label')}>
      <p role="status">{peer === undefined ? words('request.group') : words('request.direct', { name })}</p>
      {about !== undefined && (
        <p className={styles.theirs} dir="auto">
          {about}
        </p>
      )}
      <p className={styles.aside}>{words('request.body')}</p>
      <div className={styles.askedChoices}>
        <Button onClick={() => void outbox.queue(updateMembership(stream, { request: false }))}>
          {words('request.accept')}
        </Button>
        <Button look="quiet" onClick={() => setAsked('decline')}>
          {doDecline}
        </Button>
        <Button look="link" onClick={() => setAsked('report')}>
          {words('menu.report')}
        </Button>
      </div>
      {asked === 'decline' && (
        <ConfirmDialog
          {...question}
          cancel={words('app.cancel')}
          confirm={doDecline}
          onConfirm={decline}
          onClose={close}
        />
      )}
      {asked === 'report' && (
        <ReportDialog
          store={store}
          outbox={outbox}
          stream={stream}
          {...(peer === undefined ? {} : { person: { id: peer, name } })}
          name={name}
          isConnected={isConnected}
          onClose={close}
        />
      )}
    </section>
  );
}
