import type { Fact } from '../../src/contract/index.js';

/** Hands facts on once a frame, however many arrive; a hidden page draws no frames and takes its time. */
export function gatherFacts(apply: (facts: readonly Fact[]) => void) {
  let waiting: Fact[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    timer = undefined;
    const facts = waiting;
    waiting = [];
    apply(facts);
  }

  return {
    add: (fact: Fact) => {
      waiting.push(fact);
      timer ??= setTimeout(flush, document.hidden ? 250 : 16);
    },
    stop: () => clearTimeout(timer),
  };
}
