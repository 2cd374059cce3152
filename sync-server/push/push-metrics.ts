import { type Metric, createHistogram } from '#server/metrics.ts';

/** Why a push was not sent: the service refused it, or accepted none for hours. */
type Failure = 'refused' | 'given_up';

export interface PushMetrics {
  /** `delayMs`: since the message was stored; absent if the push was held back on purpose. */
  sent(delayMs: number | undefined): void;
  retried(): void;
  failed(reason: Failure): void;
  /** A subscription is gone, because its push service has ended it or its session has ended. */
  removed(): void;
  read(): Metric[];
}

export function createPushMetrics(): PushMetrics {
  const counts = { sent: 0, retried: 0, removed: 0 };
  const failures: Record<Failure, number> = { refused: 0, given_up: 0 };
  const delays = createHistogram();
  const counter = (name: keyof typeof counts, help: string): Metric => ({
    name: `teamlink_push_${name}_total`,
    help,
    type: 'counter',
    samples: [{ value: counts[name] }],
  });
  return {
    sent(delayMs) {
      counts.sent++;
      if (delayMs !== undefined) delays.observe(Math.max(0, delayMs) / 1_000);
    },
    retried: () => void counts.retried++,
    failed: (reason) => void failures[reason]++,
    removed: () => void counts.removed++,
    read: () => [
      counter('sent', 'Pushes that a push service took.'),
      counter('retried', 'Pushes that a push service did not take and that are tried again.'),
      {
        name: 'teamlink_push_failed_total',
        help: 'Pushes that were dropped, by reason.',
        type: 'counter',
        samples: Object.entries(failures).map(([reason, value]) => ({ labels: { reason }, value })),
      },
      counter('removed', 'Subscriptions that ended by themselves or with their session.'),
      delays.read(
        'teamlink_push_delay_seconds',
        'From storing a message to its push; those held back on purpose do not count.',
      ),
    ],
  };
}
