import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Account } from '../../connector.js';
import { createSpending, FailedCall, judgeAnswer } from '../../desk-kit/index.js';
import type { Leave, OutsideAnswer, OutsideCall, OutsideCaller } from '../../http-client/index.js';
import { type createFreshdeskSettings, freshdeskCredentials, type FreshdeskSettings } from '../schema.js';

export interface Ask {
  method: OutsideCall['method'];
  /** Below /api/v2, each part already encoded: `/tickets/12`. */
  path: string;
  json?: unknown;
  form?: FormData;
  /** Doing it twice is the same as doing it once; so is every GET. */
  repeatable?: boolean;
  deadlineSeconds?: number;
}

type Answered = Extract<OutsideAnswer, { outcome: 'answered' }>;

/** One account of Freshdesk's, for one order. Its functions throw a FailedCall. */
export interface FreshdeskClient {
  settings: FreshdeskSettings;
  /** The answer's body, when it has the shape. */
  ask<T>(shape: z.ZodType<T>, call: Ask): Promise<T>;
  /** Tells accounts and keys apart within this process. */
  accountKey: string;
}

export type OpenClient = (account: Account, leave: Leave) => FreshdeskClient;

const mostAnswerBytes = 32 * 1024 * 1024;

/** The client throws a FailedCall when settings or credentials cannot be used. */
export function createOpenClient(
  caller: OutsideCaller,
  settingsSchema: ReturnType<typeof createFreshdeskSettings>,
): OpenClient {
  return (account, { signal, leaving }) => {
    const settings = settingsSchema.safeParse(account.settings);
    const credentials = freshdeskCredentials.safeParse(account.credentials);
    if (!settings.success || !credentials.success) {
      const message = 'The settings or the credentials of the connection cannot be used. Enter them again.';
      throw new FailedCall({ outcome: 'credential', code: 'connection_misconfigured', message });
    }
    // The key is the name; any password will do.
    const basic = Buffer.from(`${credentials.data.apiKey}:X`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    const { baseUrl, callsPerMinute } = settings.data;
    const spend = createSpending({ name: baseUrl, perMinute: callsPerMinute }, account.calls);
    return {
      settings: settings.data,
      accountKey: `${baseUrl} ${createHash('sha256').update(basic).digest('hex').slice(0, 16)}`,
      async ask(shape, { repeatable, path, ...given }) {
        const call = {
          ...given,
          baseUrl,
          path: `/api/v2${path}`,
          headers,
          signal,
          spending: spend(),
          leaving,
          maxAnswerBytes: mostAnswerBytes,
        };
        const answer = await caller.call(call);
        const terms = { desk: 'Freshdesk', repeatable: repeatable ?? given.method === 'GET' };
        if (answer.outcome !== 'answered' || answer.status < 200 || answer.status >= 300) {
          throw new FailedCall(explain(judgeAnswer(answer, terms), answer));
        }
        const parsed = shape.safeParse(answer.json);
        if (parsed.success) return parsed.data;
        throw new FailedCall(judgeAnswer(answer, terms));
      },
    };
  };
}

const refusal = z.looseObject({
  errors: z
    .array(z.looseObject({ field: z.string().max(100).optional(), code: z.string().max(60).optional() }))
    .min(1),
});

/** Names the fields that Freshdesk does not take; its own sentences may repeat what was sent. */
function explain(failed: ReturnType<typeof judgeAnswer>, answer: OutsideAnswer): typeof failed {
  const told = refusal.safeParse((answer as Partial<Answered>).json);
  if (failed.outcome !== 'refused' || !told.success) return failed;
  const fields = told.data.errors
    .slice(0, 5)
    .map(({ field, code }) => `${field ?? '?'} (${code ?? 'refused'})`);
  const custom = told.data.errors.some(({ field }) => field?.startsWith('cf_'));
  const hint = custom ? ' Create that field for tickets, or name another as referenceField.' : '';
  return { ...failed, message: `Freshdesk does not take these fields: ${fields.join(', ')}.${hint}` };
}
