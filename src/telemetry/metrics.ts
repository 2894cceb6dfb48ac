import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Fine below 25 ms, where the promises of speed lie; coarse up to the longest deadline. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Adds to a counter; the values of its labels come from short fixed lists, never from ids. */
export type Count<Label extends string> = (labels: Record<Label, string>, by?: number) => void;
export type Time<Label extends string> = (labels: Record<Label, string>, milliseconds: number) => void;

export interface Metrics {
  counter<Label extends string>(name: string, meaning: string, labels: readonly Label[]): Count<Label>;
  timer<Label extends string>(name: string, meaning: string, labels: readonly Label[]): Time<Label>;
  /** A number that is read when metrics are asked for; one that cannot be read is left out. */
  watch(name: string, meaning: string, read: () => number | Promise<number>): void;
  read(): Promise<{ contentType: string; text: string }>;
}

const PREFIX = 'desk_bridge_';

export function createMetrics(options: { withProcess: boolean }): Metrics {
  const registry = new Registry();
  if (options.withProcess) collectDefaultMetrics({ register: registry });

  return {
    counter(name, meaning, labels) {
      const counter = new Counter({
        name: `${PREFIX}${name}`,
        help: meaning,
        labelNames: labels,
        registers: [registry],
      });
      const children = remembered(labels, (values) => counter.labels(...values));
      return (values, by = 1) => {
        if (by > 0) children(values).inc(by);
      };
    },
    timer(name, meaning, labels) {
      const histogram = new Histogram({
        name: `${PREFIX}${name}_seconds`,
        help: meaning,
        labelNames: labels,
        buckets: SECONDS,
        registers: [registry],
      });
      const children = remembered(labels, (values) => histogram.labels(...values));
      return (values, milliseconds) => children(values).observe(Math.max(0, milliseconds) / 1_000);
    },
    watch(name, meaning, read) {
      new Gauge({
        name: `${PREFIX}${name}`,
        help: meaning,
        registers: [registry],
        async collect() {
          try {
            this.set(await read());
          } catch {
            this.remove();
          }
        },
      });
    },
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Finding a child by its labels costs a hash of them all; a hot path finds it by its values. */
function remembered<Label extends string, Child>(
  labels: readonly Label[],
  make: (values: string[]) => Child,
): (values: Record<Label, string>) => Child {
  const known = new Map<string, Child>();
  return (values) => {
    const list = labels.map((label) => values[label]);
    const key = list.join('\n');
    const child = known.get(key) ?? make(list);
    known.set(key, child);
    return child;
  };
}
