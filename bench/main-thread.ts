import type { Browser } from 'playwright-core';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of CPU, where the event has a duration. */
  tdur?: number;
  args: { name?: string };
}

export interface MainThread {
  busyMs: number;
  longestTaskMs: number;
}

/**
 * Traces the browser until the returned function is called, which answers what the busiest main thread of a page has done, in
 * milliseconds of CPU: on a busy machine, a task's time by the clock says little about the task.
 */
export async function traceMainThread(browser: Browser): Promise<() => Promise<MainThread>> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
  });
  return async () => {
    const isComplete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await isComplete;
    await session.detach();
    return busiestOf(events);
  };
}

function busiestOf(events: readonly TraceEvent[]): MainThread {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args.name === 'CrRendererMain';
  const found = new Map(events.filter(isMain).map((event) => [threadOf(event), { busyMs: 0, longestTaskMs: 0 }]));
  for (const event of events) {
    const thread = event.name === 'ThreadControllerImpl::RunTask' ? found.get(threadOf(event)) : undefined;
    if (thread === undefined) continue;
    const ms = (event.tdur ?? 0) / 1_000;
    thread.busyMs += ms;
    thread.longestTaskMs = Math.max(thread.longestTaskMs, ms);
  }
  return [...found.values()].reduce((most, each) => (each.busyMs > most.busyMs ? each : most));
}
