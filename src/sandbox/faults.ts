/** What a fault does. The first group breaks an API answer, the second a webhook, the third what follows on a message. */
export type FaultAction =
  | {
      do: 'answer';
      status?: number;
      code?: string;
      message?: string;
      headers?: Record<string, string>;
      body?: unknown;
    }
  | { do: 'delay'; ms: number; after?: boolean }
  | { do: 'accept-then-drop' }
  | { do: 'accept-then-500' }
  | { do: 'refuse' }
  | { do: 'drip'; ms: number }
  | { do: 'webhook-duplicate'; copies: number }
  | { do: 'webhook-delay'; ms: number }
  | { do: 'webhook-reorder' }
  | { do: 'webhook-together' }
  | { do: 'webhook-drop' }
  | { do: 'echo-none' }
  | { do: 'echo-without-id' }
  | { do: 'echo-delay'; ms: number }
  | { do: 'echo-first' }
  | { do: 'undeliverable' };

export type FaultKind = FaultAction['do'];

export interface FaultMatch {
  /** An operation's name, as in `GET /sandbox/requests`. */
  operation?: string;
  /** Any part of the path. */
  path?: string;
  conversationId?: string;
  /** A webhook's event type. */
  event?: string;
  /** How often it strikes; missing means for ever. */
  times?: number;
  /** How many matching requests pass unharmed first. */
  skip?: number;
}

export type Fault = FaultMatch & FaultAction;
export type PlantedFault = Fault & { id: number; struck: number; seen: number };

export interface Occasion {
  operations?: string[];
  path?: string;
  conversationId?: string;
  event?: string;
}

export interface Faults {
  plant(fault: Fault): PlantedFault;
  /** The first planted fault of these kinds that strikes here; counts it. */
  strike<Kind extends FaultKind>(
    kinds: readonly Kind[],
    occasion: Occasion,
  ): Extract<FaultAction, { do: Kind }> | undefined;
  list(): PlantedFault[];
  remove(id: number): boolean;
  clear(): void;
}

function fits(fault: PlantedFault, occasion: Occasion): boolean {
  if (fault.times !== undefined && fault.struck >= fault.times) return false;
  if (fault.operation !== undefined && !occasion.operations?.includes(fault.operation)) return false;
  if (fault.path !== undefined && !occasion.path?.includes(fault.path)) return false;
  if (fault.conversationId !== undefined && fault.conversationId !== occasion.conversationId) return false;
  return fault.event === undefined || fault.event === occasion.event;
}

export function createFaults(): Faults {
  let planted: PlantedFault[] = [];
  let last = 0;
  return {
    plant(fault) {
      last += 1;
      const row: PlantedFault = { ...fault, id: last, struck: 0, seen: 0 };
      planted.push(row);
      return row;
    },
    strike<Kind extends FaultKind>(kinds: readonly Kind[], occasion: Occasion) {
      for (const fault of planted) {
        if (!(kinds as readonly FaultKind[]).includes(fault.do) || !fits(fault, occasion)) continue;
        fault.seen += 1;
        if (fault.seen <= (fault.skip ?? 0)) continue;
        fault.struck += 1;
        return fault as FaultAction as Extract<FaultAction, { do: Kind }>;
      }
      return undefined;
    },
    list: () => planted,
    remove(id) {
      const before = planted.length;
      planted = planted.filter((fault) => fault.id !== id);
      return planted.length < before;
    },
    clear() {
      planted = [];
    },
  };
}
