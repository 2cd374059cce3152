import { useCallback, useRef, useState } from 'react';
import { reportsIn, resolveReport, suspend } from '#app/http/administration.ts';
import type { HttpProblem, Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { deleteMessage } from '#app/ops/messages.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import { useWhenShown } from '#app/ui/use-when-shown.ts';
import type { Report, ReportPage } from '#protocol/administration.ts';
import type { ReportOutcome } from '#protocol/reports.ts';
import shapes from '#app/ui/Shapes.module.css';
import { ReportItem } from './ReportItem.tsx';
import { subjectWords } from './report-words.ts';
import styles from './Administration.module.css';

type State = 'open' | 'resolved';
type Asked = { report: Report; outcome: 'suspended' | 'deleted' };

/** What people have reported, and what can be done about it. [RP3] */
export function Reports({
  client,
  openCount,
  onChanged,
}: {
  client: Client;
  openCount: number;
  /** The number of open reports may have changed. */
  onChanged: () => void;
}) {
  const words = useWords();
  const [state, setState] = useState<State>('open');
  const [page, setPage] = useState<ReportPage>();
  /** Why the list could not be read, and why what the administrator did failed. */
  const [unread, setUnread] = useState<HttpProblem>();
  const [problem, setProblem] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const heading = useRef<HTMLHeadingElement>(null);
  const reading = useRef(0);
  /** Which reports are listed, and how many. */
  const wanted = useRef<State>('open');
  const listed = useRef(0);
  /** `more`: those after the ones listed, too. */
  const read = useCallback(async (more = false) => {
    const order = (reading.current += 1);
    const outcome = await readReports(wanted.current, listed.current + Number(more));
    // Answers may arrive in another order than the requests were sent.
    if (order !== reading.current) return;
    setUnread(outcome.ok ? undefined : outcome.failure);
    if (!outcome.ok) return;
    listed.current = outcome.value.reports.length;
    setPage(outcome.value);
  }, []);
  useNowAndConnected(read);
  // Somebody else may have reported or dealt with something.
  useWhenShown(read);

  async function resolve(report: Report, outcome: ReportOutcome) {
    setAsked(undefined);
    setProblem(undefined);
    let done: Outcome<unknown>;
    try {
      done = await act(report, outcome);
    } catch {
      // The device could not store the deletion, so the report is still open.
      return setProblem(words('reports.notQueued'));
    }
    if (!done.ok) setProblem(accountProblemWords(done.failure, words));
    // After a failure too, because what the report was about may have changed since it was listed.
    await read();
    // The buttons that had the focus are gone with the report.
    if (done.ok) heading.current?.focus();
    return onChanged();
  }

  async function act(report: Report, outcome: ReportOutcome): Promise<Outcome<unknown>> {
    const { stream, messageId, person } = report;
    if (outcome === 'suspended' && person !== undefined) {
      const suspended = await suspend(person.id, true);
      if (!suspended.ok) return suspended;
    }
    if (outcome === 'deleted' && messageId !== undefined) await client.outbox.queue(deleteMessage(stream, messageId));
    return resolveReport(report.id, outcome);
  }

  const said = problem ?? (unread && accountProblemWords(unread, words));
  const isEmpty = page?.reports.length === 0;
  return (
    <div className={shapes.card}>
      <h3 ref={heading} className={styles.heading} tabIndex={-1}>
        {words('reports.title')}
      </h3>
      <Chips<State>
        label={words('reports.title')}
        chosen={state}
        onChoose={(next) => {
          wanted.current = next;
          listed.current = 0;
          setPage(undefined);
          setProblem(undefined);
          setState(next);
          void read();
        }}
        options={[
          { value: 'open', label: openCount === 0 ? words('reports.open') : `${words('reports.open')} (${openCount})` },
          { value: 'resolved', label: words('reports.resolved') },
        ]}
      />
      {said !== undefined && <p role="alert">{said}</p>}
      <p role="status" className={styles.note}>
        {isEmpty ? words(state === 'open' ? 'reports.noneOpen' : 'reports.none') : ''}
      </p>
      {!isEmpty && (
        <ul className={styles.list} aria-label={words('reports.title')} aria-busy={page === undefined}>
          {page?.reports.map((report) => (
            <ReportItem
              key={report.id}
              report={report}
              store={client.store}
              onDismiss={() => void resolve(report, 'dismissed')}
              onAsk={(outcome) => setAsked({ report, outcome })}
            />
          ))}
        </ul>
      )}
      {page?.more === true && (
        <Button look="link" onClick={() => void read(true)}>
          {words('reports.more')}
        </Button>
      )}
      {asked !== undefined && (
        <ConfirmDialog
          title={`${words(asked.outcome === 'suspended' ? 'admin.suspend' : 'reports.delete')}: ${subjectWords(asked.report, words)}`}
          body={words(asked.outcome === 'suspended' ? 'admin.suspendBody' : 'reports.deleteBody')}
          cancel={words('app.cancel')}
          confirm={words(asked.outcome === 'suspended' ? 'admin.suspend' : 'reports.delete')}
          onConfirm={() => void resolve(asked.report, asked.outcome)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

/** The newest reports: as many pages as are needed for this number of them. */
async function readReports(state: State, count: number): Promise<Outcome<ReportPage>> {
  let read: ReportPage = { reports: [], more: true };
  do {
    const outcome = await reportsIn(state, read.reports.at(-1)?.id);
    if (!outcome.ok) return outcome;
    read = { ...outcome.value, reports: [...read.reports, ...outcome.value.reports] };
  } while (read.more && read.reports.length < count);
  return { ok: true, value: read };
}
