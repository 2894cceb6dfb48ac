import { setTimeout as pause } from 'node:timers/promises';
import type { TicketLine } from '../domain/desk-order.js';
import type { DeskPolicy } from '../domain/desk-policy.js';
import type { FactView } from '../domain/views.js';
import type { DeskMirror, DeskMirrors, DeskOrderOwed } from '../store/desk-mirrors.js';
import type { Feed } from '../store/feed.js';
import type { Nudges } from '../store/nudges.js';
import { decideOrders, TRANSCRIPT_LINES } from './decide-orders.js';

export interface MirrorOptions {
  mirrors: DeskMirrors;
  feed: Pick<Feed, 'follow' | 'head'>;
  /** What a connection's settings and its connector say; undefined when the connector is not there. */
  rulesOf: (mirror: DeskMirror) => { policy: DeskPolicy; joins: boolean } | undefined;
  /** Connectors whose accounts can be asked what has changed. */
  fetchingConnectors: string[];
  nudges: Pick<Nudges, 'on'>;
  /** Files are to be fetched while the orders for these conversations wait. */
  filesOwed: (mirror: DeskMirror, conversationIds: string[]) => void;
  sweepMilliseconds: number;
  observe: {
    told(mirror: DeskMirror, facts: number, orders: number): void;
    /** Facts were cleared before they were told, or the database was restored: it begins anew. */
    begunAfresh(mirror: DeskMirror): void;
    failed(error: unknown): void;
  };
}

export interface Mirror {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const hasFilesOutside = ({ files }: TicketLine): boolean =>
  files.some(({ fileId, url }) => fileId === undefined && url !== undefined);

const FACTS = 200;
const HELD_MILLISECONDS = 15;

/**
 * Tells desks what happens in conversations: follows the workspace's facts from where each desk connection
 * has got to, and owes what its policy makes of them. A batch of facts is told once, whoever reads it: the
 * orders and the new place are one commit, on condition that the place is still the old one.
 */
export function createMirror(options: MirrorOptions): Mirror {
  /** Workspaces with a desk. The rest is not looked at. */
  let desks = new Map<string, DeskMirror[]>();
  const underWay = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  const unsubscribe: (() => void)[] = [];

  const look = (workspaceId: string): void => {
    if (!started || !desks.has(workspaceId)) return;
    if (underWay.has(workspaceId)) {
      again.add(workspaceId);
      return;
    }
    const run = work(workspaceId)
      .catch(options.observe.failed)
      .finally(() => {
        underWay.delete(workspaceId);
        if (again.delete(workspaceId)) look(workspaceId);
      });
    underWay.set(workspaceId, run);
  };

  const work = async (workspaceId: string): Promise<void> => {
    for (const mirror of desks.get(workspaceId) ?? []) {
      while (started) {
        const moved = await tell(mirror);
        if (moved === 'no_more') break;
        if (moved === 'held') await pause(HELD_MILLISECONDS);
        if (moved === 'overtaken') {
          // Another process told it: go on from where that has got to.
          desks.set(workspaceId, await options.mirrors.list(workspaceId));
          again.add(workspaceId);
          return;
        }
      }
    }
  };

  const tell = async (mirror: DeskMirror): Promise<'more' | 'no_more' | 'held' | 'overtaken'> => {
    const reading = await options.feed.follow(mirror.scope, mirror.cursor, FACTS);
    if (reading.outcome === 'start_afresh') {
      options.observe.begunAfresh(mirror);
      return move(mirror, await options.feed.head(mirror.scope), [], 0);
    }
    if (reading.facts.length === 0) return reading.held ? 'held' : 'no_more';
    return move(mirror, reading.cursor, await ordersFor(mirror, reading.facts), reading.facts.length);
  };

  const move = async (
    mirror: DeskMirror,
    cursor: string,
    orders: DeskOrderOwed[],
    facts: number,
  ): Promise<'more' | 'overtaken'> => {
    if (!(await options.mirrors.advance(mirror, cursor, orders))) return 'overtaken';
    mirror.cursor = cursor;
    const owed = orders.filter(
      ({ order }) => order.kind !== 'update-ticket' && order.lines.some(hasFilesOutside),
    );
    if (owed.length > 0)
      options.filesOwed(mirror, [...new Set(owed.map(({ conversationId }) => conversationId))]);
    options.observe.told(mirror, facts, orders.length);
    return 'more';
  };

  const ordersFor = async (mirror: DeskMirror, facts: FactView[]): Promise<DeskOrderOwed[]> => {
    const rules = options.rulesOf(mirror);
    if (rules === undefined) return [];
    const byConversation = new Map<string, FactView[]>();
    for (const fact of facts) {
      if (fact.conversationId === null) continue;
      byConversation.set(fact.conversationId, [...(byConversation.get(fact.conversationId) ?? []), fact]);
    }
    if (byConversation.size === 0) return [];
    const standings = await options.mirrors.readStandings(mirror, [...byConversation.keys()]);
    const orders: DeskOrderOwed[] = [];
    for (const [conversationId, about] of byConversation) {
      const decided = await decideOrders(
        about,
        standings.get(conversationId) ?? { isOwed: false },
        { ...rules, connectionId: mirror.connectionId },
        {
          transcript: (upToSeq) =>
            options.mirrors.readTranscript(mirror.scope, conversationId, upToSeq, TRANSCRIPT_LINES),
          formerTicket: () => options.mirrors.readFormerTicket(mirror, conversationId),
        },
      );
      orders.push(...decided.map((one) => ({ conversationId, ...one })));
    }
    return orders;
  };

  const sweep = async (): Promise<void> => {
    try {
      await options.mirrors.begin(options.fetchingConnectors);
      const all = new Map<string, DeskMirror[]>();
      for (const mirror of await options.mirrors.list())
        all.set(mirror.scope.workspaceId, [...(all.get(mirror.scope.workspaceId) ?? []), mirror]);
      // What is being worked on keeps its own cursors.
      for (const workspaceId of underWay.keys()) {
        const current = desks.get(workspaceId);
        if (current !== undefined && all.has(workspaceId)) again.add(workspaceId);
      }
      desks = all;
      for (const workspaceId of all.keys()) look(workspaceId);
    } catch (error) {
      options.observe.failed(error);
    }
  };

  const tick = (): void => {
    clearTimeout(timer);
    sweeping = sweeping.then(sweep).finally(() => {
      // Several may have been asked for at once; one sets the next.
      clearTimeout(timer);
      if (started) timer = setTimeout(tick, options.sweepMilliseconds);
    });
  };

  return {
    start() {
      started = true;
      unsubscribe.push(
        options.nudges.on('facts', (workspaceIds) => workspaceIds.forEach(look)),
        options.nudges.on('connections', tick),
      );
      tick();
    },
    async stop() {
      started = false;
      for (const end of unsubscribe.splice(0)) end();
      clearTimeout(timer);
      await sweeping;
      clearTimeout(timer);
      await Promise.allSettled([...underWay.values()]);
    },
    isIdle: () => underWay.size === 0,
  };
}
