import type { BridgeClient } from '../../src/client/index.js';
import type { Fact } from '../../src/contract/facts.js';
import type { Account, Receipt } from './checker.js';
import { receiptOf, sayingOf } from './sayings.js';
import type { StageConversation } from './stage/furnish.js';

/** What the checker needs of one conversation's facts; the facts themselves are not held. */
export interface Recorded {
  /** Visitors' words; the seq is the order in which they count as received. */
  receipts: Receipt[];
  accounts: ReadonlyMap<string, Account>;
  seqs: number[];
}

interface Recording extends Recorded {
  accounts: Map<string, Account>;
}

export const blankRecording = (): Recording => ({ receipts: [], accounts: new Map(), seqs: [] });

/** Takes the next fact of a conversation in. */
export function takeIn(recording: Recording, conversation: string, fact: Fact): void {
  recording.seqs.push(fact.seq);
  recording.receipts.push(...receivedBy(conversation, fact));
  account(recording.accounts, fact);
}

/** How many are read at once. */
const READERS = 8;

/** The bridge's own record of its conversations, each read on from where it was left the last time. */
export function createRecords(conversations: readonly StageConversation[]): {
  readOn(program: BridgeClient): Promise<ReadonlyMap<string, Recorded>>;
} {
  const all = new Map(conversations.map(({ externalId }) => [externalId, blankRecording()]));
  const readOne = async (program: BridgeClient, one: StageConversation): Promise<void> => {
    const known = all.get(one.externalId);
    if (known === undefined) return;
    for await (const facts of pagesOf(program, one.conversationId, known.seqs.at(-1) ?? 0)) {
      for (const fact of facts) takeIn(known, one.externalId, fact);
    }
  };
  return {
    async readOn(program) {
      const left = [...conversations];
      const read = async (): Promise<void> => {
        for (let one = left.pop(); one !== undefined; one = left.pop()) await readOne(program, one);
      };
      await Promise.all(Array.from({ length: READERS }, read));
      return all;
    },
  };
}

export async function fetchFacts(program: BridgeClient, conversationId: string): Promise<Fact[]> {
  const facts: Fact[] = [];
  for await (const page of pagesOf(program, conversationId, 0)) facts.push(...page);
  return facts;
}

async function* pagesOf(
  program: BridgeClient,
  conversationId: string,
  since: number,
): AsyncGenerator<Fact[]> {
  for (let after = since; ; ) {
    const { data } = await program.conversations.events(conversationId, { after, limit: 200 });
    const last = data.at(-1);
    if (last === undefined) return;
    yield data;
    after = last.seq;
  }
}

function receivedBy(externalId: string, fact: Fact): Receipt[] {
  if (fact.type !== 'message.received' || fact.data.message.text === 'start') return [];
  return [receiptOf('in', externalId, fact.data.message.text, fact.seq)];
}

function account(accounts: Map<string, Account>, fact: Fact): void {
  if (!('message' in fact.data)) return;
  const { message } = fact.data;
  const saying = sayingOf(message.text);
  if (saying?.direction !== 'out') return;
  const known = accounts.get(message.id);
  const blank = { sentSeq: 0, failedSeq: 0, uncertainSeq: 0 };
  const now: Account = { ...blank, ...known, ...saying, state: message.state, flags: message.flags };
  if (fact.type === 'message.sent') now.sentSeq ||= fact.seq;
  if (fact.type === 'message.failed') now.failedSeq ||= fact.seq;
  if (fact.type === 'message.uncertain') now.uncertainSeq ||= fact.seq;
  accounts.set(message.id, now);
}
