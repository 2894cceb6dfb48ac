import type { z } from 'zod';
import type { Account } from '../../connector.js';
import { createSpending, FailedCall, judgeAnswer } from '../../desk-kit/index.js';
import type { Leave, OutsideAnswer, OutsideCall, OutsideCaller } from '../../http-client/index.js';
import { chatwootCredentials, type ChatwootSettings, type createChatwootSettings } from '../schema.js';

export interface Ask {
  method: OutsideCall['method'];
  /** Below the account's own path, each part already encoded: `/conversations/12`. */
  path: string;
  json?: unknown;
  form?: FormData;
  /** Doing it twice is the same as doing it once; so is every GET. */
  repeatable?: boolean;
  deadlineSeconds?: number;
}

type Answered = Extract<OutsideAnswer, { outcome: 'answered' }>;

/** One account of one Chatwoot, for one order. Its functions throw a FailedCall. */
export interface ChatwootClient {
  settings: ChatwootSettings;
  /** The answer's body, when it has the shape. */
  ask<T>(shape: z.ZodType<T>, call: Ask): Promise<T>;
  /** The answer, when its status is one of these or a success. */
  look(call: Ask, ...statuses: number[]): Promise<Answered>;
  /** The account's own user; not below the account's path. */
  askProfile<T>(shape: z.ZodType<T>): Promise<T>;
}

export type OpenClient = (account: Account, leave: Leave) => ChatwootClient;

/** A page holds a hundred messages of 150,000 characters at most. */
const mostAnswerBytes = 32 * 1024 * 1024;

/** The client throws a FailedCall when settings or credentials cannot be used. */
export function createOpenClient(
  caller: OutsideCaller,
  settingsSchema: ReturnType<typeof createChatwootSettings>,
): OpenClient {
  return (account, { signal, leaving }) => {
    const settings = settingsSchema.safeParse(account.settings);
    const credentials = chatwootCredentials.safeParse(account.credentials);
    if (!settings.success || !credentials.success) {
      const message = 'The settings or the credentials of the connection cannot be used. Enter them again.';
      throw new FailedCall({ outcome: 'credential', code: 'connection_misconfigured', message });
    }
    const headers = { api_access_token: credentials.data.token };
    const { baseUrl, accountId, callsPerMinute } = settings.data;
    const spend = createSpending({ name: baseUrl, perMinute: callsPerMinute }, account.calls);

    async function call(path: string, { repeatable, ...given }: Ask, accepted: number[]): Promise<Answered> {
      const answer = await caller.call({
        ...given,
        baseUrl,
        path,
        headers,
        signal,
        spending: spend(),
        leaving,
        maxAnswerBytes: mostAnswerBytes,
      });
      const succeeded = answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300;
      if (answer.outcome === 'answered' && (succeeded || accepted.includes(answer.status))) return answer;
      throw new FailedCall(judgeAnswer(answer, termsOf({ repeatable, ...given })));
    }

    function understand<T>(
      shape: z.ZodType<T>,
      answer: Answered,
      terms: Pick<Ask, 'method' | 'repeatable'>,
    ): T {
      const parsed = shape.safeParse(answer.json);
      if (parsed.success) return parsed.data;
      throw new FailedCall(judgeAnswer(answer, termsOf(terms)));
    }

    const below = (path: string): string => `/api/v1/accounts/${accountId}${path}`;
    return {
      settings: settings.data,
      ask: async (shape, given) => understand(shape, await call(below(given.path), given, []), given),
      look: (given, ...statuses) => call(below(given.path), given, statuses),
      askProfile: async (shape) => {
        const given = { method: 'GET' as const, path: '' };
        return understand(shape, await call('/api/v1/profile', given, []), given);
      },
    };
  };
}

function termsOf({ method, repeatable }: { method: Ask['method']; repeatable?: boolean | undefined }) {
  return { desk: 'Chatwoot', repeatable: repeatable ?? method === 'GET' };
}
