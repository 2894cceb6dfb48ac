import { type Fault, isMetBy } from './fake-desk.js';

/** What a request does: `other` makes neither a ticket nor a change to one. */
export type RequestKind = 'create' | 'write' | 'read' | 'other';

/** The faults that a fake was told to have, in the order in which they were planted. */
export function createFaultPlan() {
  let planted: { fault: Fault; skip: number; times: number }[] = [];
  return {
    plant(fault: Fault): void {
      planted.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
    },
    clear(): void {
      planted = [];
    },
    /** The fault that this request meets. */
    meet(kind: RequestKind, body: Buffer): Fault | undefined {
      const met = planted.find(
        ({ fault, times }) => times > 0 && (fault.on === 'any' || fault.on === kind) && isMetBy(fault, body),
      );
      if (met === undefined) return undefined;
      if (met.skip > 0) {
        met.skip -= 1;
        return undefined;
      }
      met.times -= 1;
      return met.fault;
    },
  };
}
