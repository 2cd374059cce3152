/* The metrics for Prometheus. No name and no label may reveal anything about a person, a chat or an address. [REL-21] */

export interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** For a histogram also its buckets, each under a name that ends in `_bucket`. */
  samples: { suffix?: '_bucket' | '_sum' | '_count'; labels?: Record<string, string>; value: number }[];
}

/** A part of the server that has metrics. */
export type ReadMetrics = () => Metric[];

/** Seconds. */
const BOUNDS = [0.5, 1, 2, 3, 5, 10, 30, 60, 300];

export interface Histogram {
  observe(seconds: number): void;
  read(name: string, help: string): Metric;
}

export function createHistogram(): Histogram {
  const counts = BOUNDS.map(() => 0);
  let [sum, count] = [0, 0];
  return {
    observe(seconds) {
      sum += seconds;
      count++;
      for (const [at, bound] of BOUNDS.entries()) if (seconds <= bound) counts[at] = (counts[at] ?? 0) + 1;
    },
    read: (name, help) => ({
      name,
      help,
      type: 'histogram',
      samples: [
        ...BOUNDS.map((bound, at) => ({
          suffix: '_bucket' as const,
          labels: { le: String(bound) },
          value: counts[at] ?? 0,
        })),
        { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
        { suffix: '_sum', value: sum },
        { suffix: '_count', value: count },
      ],
    }),
  };
}

/** The text format of Prometheus. */
export function metricsText(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ suffix = '', labels = {}, value }) => {
      const named = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
      return `${name}${suffix}${named.length === 0 ? '' : `{${named.join(',')}}`} ${value}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
