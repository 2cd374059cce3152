import { useCallback, useRef, useState } from 'react';
import { reportsIn, resolveReport, suspend } from '#app/http/administration.ts';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { deleteMessage } from '#app/ops/messages.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { useNowAndOnline } from '#app/ui/use-now-and-online.ts';
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
  onResolved,
}: {
  client: Client;
  openCount: number;
  onResolved: () => void;
}) {
  const words = useWords();
  const [state, setState] = useState<State>('open');
  const [page, setPage] = useState<ReportPage>();
  const [problem, setProblem] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const heading = useRef<HTMLHeadingElement>(null);
  const said = useCallback(
    (outcome: Outcome<unknown>) => setProblem(outcome.ok ? undefined : accountProblemWords(outcome.failure, words)),
    [words],
  );
  const reading = useRef(0);
  const read = useCallback(
    async (which: State, after?: ReportPage) => {
      const order = (reading.current += 1);
      const outcome = await reportsIn(which, after?.reports.at(-1)?.id);
      // Answers may arrive in another order than the requests were sent.
      if (order !== reading.current) return;
      said(outcome);
      if (!outcome.ok) return;
      const { reports, more } = outcome.value;
      setPage({ reports: [...(after?.reports ?? []), ...reports], more });
    },
    [said],
  );
  useNowAndOnline(useCallback(() => read(state), [read, state]));

  async function resolve(report: Report, outcome: ReportOutcome) {
    setAsked(undefined);
    try {
      const done = await act(report, outcome);
      if (!done.ok) return said(done);
    } catch {
      // The device could not store the deletion, so the report is still open.
      return setProblem(words('reports.notQueued'));
    }
    await read(state);
    // The buttons that had the focus are gone with the report.
    heading.current?.focus();
    return onResolved();
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
          setPage(undefined);
          setState(next);
        }}
        options={[
          { value: 'open', label: openCount === 0 ? words('reports.open') : `${words('reports.open')} (${openCount})` },
          { value: 'resolved', label: words('reports.resolved') },
        ]}
      />
      {problem !== undefined && <p role="alert">{problem}</p>}
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
        <Button look="link" onClick={() => void read(state, page)}>
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
