import { z } from 'zod';
import { checkStatuses, deskPolicy, statusFields } from '../desk-kit/index.js';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { statusWords } from './reading/ticket-state.js';

const number = z.union(
  [
    z.int().positive(),
    z
      .string()
      .trim()
      .regex(/^\d{1,15}$/u)
      .transform(Number),
  ],
  {
    error: 'must be a number',
  },
);

/** The settings of a connection, as they are stored. `policy`: where its calls may go, as whoever sets it up names the address. */
export function createChatwootSettings(policy: Policy) {
  return z.strictObject({
    baseUrl: z
      .string()
      .trim()
      .max(2_048)
      .transform((text) => text.replace(/\/+$/u, ''))
      .superRefine((text, context) => {
        const judged = judgeUrl(text, policy);
        if (judged.outcome === 'refused') context.addIssue({ code: 'custom', message: judged.reason });
        else if (judged.url.pathname !== '/' || judged.url.search !== '') {
          context.addIssue({ code: 'custom', message: 'must be the address alone, without a path' });
        }
      })
      .default('https://app.chatwoot.com'),
    /** The number in the address of every page: /app/accounts/1/… */
    accountId: number,
    /** The API inbox whose conversations are the tickets; made, and entered here, when the connection is created. */
    inboxId: number.optional(),
    inboxName: z.string().trim().min(1).max(100).default('WotNot'),
    /** Entered here when the webhook is made. */
    webhookId: number.optional(),
    /** Whether webhooks must be signed. Servers from before 2026 sign nothing. */
    signature: z.enum(['required', 'if-present', 'off']).default('required'),
    /** A server refuses 3,000 requests a minute from one address, as it comes from its makers. */
    callsPerMinute: z.int().min(10).max(100_000).default(1_500),
    ...statusFields(statusWords),
    policy: deskPolicy,
  });
}

/** As somebody gives them. What is stored may be from before these checks, and goes on. */
export const givenChatwootSettings = (policy: Policy) =>
  createChatwootSettings(policy).superRefine(checkStatuses(statusWords));

export const chatwootCredentials = z.strictObject({
  /** An administrator's access token: Profile settings → Access token. */
  token: z
    .string()
    .trim()
    .min(8)
    .max(512)
    .regex(/^[\x21-\x7e]+$/u, 'must be the token and nothing else'),
});

export type ChatwootSettings = z.infer<ReturnType<typeof createChatwootSettings>>;
