/** One message of the wire protocol on its way to the embedded database. */
export interface Ask {
  id: number;
  bytes: Uint8Array;
  /** The transaction that it belongs to; the first one begins it. */
  transaction?: number | undefined;
  /** It gives way to what others ask. */
  canWait?: boolean | undefined;
}

/** How long one that can wait is passed over: its share of the only connection that there is. */
const PATIENCE_MILLISECONDS = 25;

/**
 * Who is next on a database with one connection. While a transaction is open only what belongs to it; else in
 * order of arrival, but that those who can wait let the others go first, for a while.
 */
export function createTurns(now: () => number = () => performance.now()): {
  add(ask: Ask): void;
  /** @param transaction the one that is open */
  next(transaction: number | undefined): Ask | undefined;
} {
  const urgent: Ask[] = [];
  const patient: { ask: Ask; since: number }[] = [];

  const ofTransaction = (transaction: number): Ask | undefined => {
    const index = urgent.findIndex((ask) => ask.transaction === transaction);
    return index === -1 ? undefined : urgent.splice(index, 1)[0];
  };

  return {
    add(ask) {
      if (ask.canWait === true && ask.transaction === undefined) patient.push({ ask, since: now() });
      else urgent.push(ask);
    },
    next(transaction) {
      if (transaction !== undefined) return ofTransaction(transaction);
      const [first] = patient;
      if (first === undefined) return urgent.shift();
      if (urgent.length > 0 && now() - first.since < PATIENCE_MILLISECONDS) return urgent.shift();
      return patient.shift()?.ask;
    },
  };
}
