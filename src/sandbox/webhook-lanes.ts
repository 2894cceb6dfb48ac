import type { Faults } from './faults.js';
import { postWebhook } from './post-webhook.js';
import type { Records } from './records.js';
import type { WebhookRow } from './rows.js';
import type { Timers } from './timers.js';

interface Queued {
  row: WebhookRow;
  /** Nothing of the lane moves before this has come: an API answer goes first. */
  gate: Promise<void> | undefined;
  settled: () => void;
}

interface Lane {
  queue: Queued[];
  running: boolean;
  /** Called when something joins the queue. */
  joined: (() => void) | undefined;
}

export interface WebhookLanes {
  /** Queue an event; the promise ends when it was delivered, given up or dropped. */
  send(row: WebhookRow, gate?: Promise<void>): Promise<void>;
  /** Take up what was still queued when the sandbox last stopped. */
  resume(): void;
  clear(): void;
}

interface Deps {
  records: Records;
  faults: Faults;
  timers: Timers;
  now: () => Date;
  retryMs: number[];
  log: (line: { event: string; [key: string]: unknown }) => void;
}

const TRIES_KEPT = 20;
/** A held event goes alone when no other follows it. */
const HELD_MS = 5_000;

/** One lane for each conversation: strictly in order within, side by side across. */
export function createWebhookLanes(deps: Deps): WebhookLanes {
  const { records, faults, timers, now } = deps;
  const lanes = new Map<string, Lane>();
  let generation = 0;

  const save = (row: WebhookRow): void => {
    records.webhooks.put(String(row.n), row);
  };

  async function post(rows: WebhookRow[]): Promise<void> {
    const born = generation;
    let refused = 0;
    let unreachable = 0;
    while (!timers.stopped && born === generation) {
      const settings = records.settings.get('webhook');
      if (!settings?.isEnabled) {
        for (const row of rows) row.state = 'dropped';
        rows.forEach(save);
        return;
      }
      const body = { events: rows.map((row) => row.event), token: settings.token };
      const { outcome, ...facts } = await postWebhook(settings.url, body, now());
      if (born !== generation) return;
      for (const row of rows) row.tries = [...row.tries, facts].slice(-TRIES_KEPT);
      const next =
        outcome === 'refused' ? deps.retryMs[refused++] : Math.min(250 * 2 ** unreachable++, 2_000);
      if (outcome === 'accepted') for (const row of rows) row.state = 'delivered';
      else if (next === undefined) for (const row of rows) row.state = 'failed';
      if (!timers.stopped) rows.forEach(save);
      deps.log({ event: 'webhook.posted', outcome, n: rows[0]?.n, status: facts.status });
      if (outcome === 'accepted' || next === undefined) return;
      await timers.wait(next);
    }
  }

  async function follower(lane: Lane): Promise<Queued | undefined> {
    if (lane.queue.length < 2) {
      await Promise.race([
        timers.wait(HELD_MS),
        new Promise<void>((resolve) => {
          lane.joined = resolve;
        }),
      ]);
    }
    const next = lane.queue[1];
    await next?.gate;
    return next;
  }

  async function step(lane: Lane, head: Queued): Promise<Queued[]> {
    const occasion = { conversationId: head.row.conversationId, event: head.row.type };
    if (faults.strike(['webhook-drop'], occasion)) {
      head.row.state = 'dropped';
      save(head.row);
      return [head];
    }
    const held = faults.strike(['webhook-reorder', 'webhook-together'], occasion);
    const next = held ? await follower(lane) : undefined;
    const delay = faults.strike(['webhook-delay'], occasion);
    if (delay) await timers.wait(delay.ms);
    const copies = faults.strike(['webhook-duplicate'], occasion)?.copies ?? 1;
    if (next && held?.do === 'webhook-together') {
      for (let copy = 0; copy < copies; copy += 1) await post([head.row, next.row]);
      return [head, next];
    }
    if (next) await post([next.row]);
    for (let copy = 0; copy < copies; copy += 1) await post([head.row]);
    return next ? [head, next] : [head];
  }

  async function run(id: string, lane: Lane): Promise<void> {
    lane.running = true;
    while (!timers.stopped) {
      const head = lane.queue[0];
      if (!head) break;
      await head.gate;
      const done = await step(lane, head);
      lane.queue = lane.queue.filter((queued) => !done.includes(queued));
      for (const queued of done) queued.settled();
    }
    lane.running = false;
    if (lanes.get(id) === lane) lanes.delete(id);
  }

  function send(row: WebhookRow, gate?: Promise<void>): Promise<void> {
    const lane = lanes.get(row.conversationId) ?? { queue: [], running: false, joined: undefined };
    lanes.set(row.conversationId, lane);
    return new Promise((settled) => {
      lane.queue.push({ row, gate, settled });
      lane.joined?.();
      if (!lane.running) {
        void run(row.conversationId, lane).catch((error: unknown) =>
          deps.log({ event: 'webhook.lane_failed', error: String(error) }),
        );
      }
    });
  }

  return {
    send,
    resume() {
      for (const row of records.webhooks.all()) if (row.state === 'queued') void send(row);
    },
    clear() {
      generation += 1;
      for (const lane of lanes.values()) lane.queue = [];
      lanes.clear();
    },
  };
}
