/** So many failures in a row open it. */
const FAILURES = 5;
const FIRST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

interface Circuit {
  failures: number;
  pause: number;
  openUntil: number;
  /** One attempt is out to see whether the far side is well again. */
  probing: boolean;
  failingSince: number;
  /** While it is not open: when a lane is to go before its time, and whether one does. */
  look: { at: number; pause: number; isOut: boolean };
}

/** `recovered`: it had failed for a while, too seldom to open the circuit. */
export type BreakerNews = { state: 'open'; milliseconds: number } | { state: 'closed' | 'recovered' };

/**
 * One circuit per connection: while the far side is down, deliveries wait without using up attempts, and
 * one at a time goes out to look.
 */
export interface Breaker {
  /** Whether an attempt may go out now; a `true` on an open circuit is the one probe. */
  allows(connectionId: string): boolean;
  /** @returns what is new: for how long it is left alone now, or that it is well again */
  report(connectionId: string, health: 'well' | 'unwell' | 'unknown'): BreakerNews | undefined;
  /** The far side asked for a pause, for everything that goes there. */
  hold(connectionId: string, seconds: number): void;
  /** Connections that nothing goes out to now. */
  open(): string[];
  /** Connections of which the last that is known is a failure some time ago: somebody should go and look. */
  ripe(): string[];
  /** Somebody does. Where the circuit is not open its failure opens none: it may be one bad lane, looked at again. */
  look(connectionId: string): void;
}

export function createBreaker(
  options: { now?: () => number; changed?: (connectionId: string, state: 'opened' | 'closed') => void } = {},
): Breaker {
  const now = options.now ?? (() => performance.now());
  const circuits = new Map<string, Circuit>();
  const heldUntil = new Map<string, number>();
  const isHeld = (connectionId: string): boolean => {
    const until = heldUntil.get(connectionId);
    if (until === undefined || now() < until) return until !== undefined;
    heldUntil.delete(connectionId);
    return false;
  };
  return {
    allows(connectionId) {
      if (isHeld(connectionId)) return false;
      const circuit = circuits.get(connectionId);
      if (circuit === undefined || circuit.failures < FAILURES) return true;
      if (circuit.probing || now() < circuit.openUntil) return false;
      circuit.probing = true;
      return true;
    },
    report(connectionId, health) {
      const circuit = circuits.get(connectionId);
      if (health === 'well') {
        circuits.delete(connectionId);
        if (circuit === undefined) return undefined;
        if (circuit.failures < FAILURES)
          return now() - circuit.failingSince < FIRST_PAUSE_MILLISECONDS ? undefined : { state: 'recovered' };
        options.changed?.(connectionId, 'closed');
        return { state: 'closed' };
      }
      if (health === 'unknown') {
        if (circuit !== undefined) {
          circuit.probing = false;
          circuit.look.isOut = false;
        }
        return undefined;
      }
      const next = circuit ?? {
        failures: 0,
        pause: FIRST_PAUSE_MILLISECONDS,
        openUntil: 0,
        probing: false,
        failingSince: now(),
        look: { at: now() + FIRST_PAUSE_MILLISECONDS, pause: FIRST_PAUSE_MILLISECONDS, isOut: false },
      };
      circuits.set(connectionId, next);
      if (next.look.isOut && next.failures < FAILURES) {
        const pause = Math.min(next.look.pause * 2, LONGEST_PAUSE_MILLISECONDS);
        next.look = { at: now() + pause, pause, isOut: false };
        return undefined;
      }
      next.failures += 1;
      if (next.failures === FAILURES) options.changed?.(connectionId, 'opened');
      next.probing = false;
      if (next.failures < FAILURES) return undefined;
      const milliseconds = next.pause;
      next.openUntil = now() + milliseconds;
      next.pause = Math.min(milliseconds * 2, LONGEST_PAUSE_MILLISECONDS);
      return { state: 'open', milliseconds };
    },
    hold(connectionId, seconds) {
      heldUntil.set(connectionId, now() + seconds * 1_000);
    },
    ripe: () =>
      [...circuits]
        .filter(
          ([connectionId, circuit]) =>
            !isHeld(connectionId) &&
            (circuit.failures < FAILURES
              ? !circuit.look.isOut && now() >= circuit.look.at
              : !circuit.probing && now() >= circuit.openUntil),
        )
        .map(([connectionId]) => connectionId),
    look(connectionId) {
      const circuit = circuits.get(connectionId);
      if (circuit !== undefined) circuit.look.isOut = true;
    },
    open: () => [
      ...[...heldUntil.keys()].filter(isHeld),
      ...[...circuits]
        .filter(
          ([, circuit]) => circuit.failures >= FAILURES && (circuit.probing || now() < circuit.openUntil),
        )
        .map(([connectionId]) => connectionId),
    ],
  };
}
