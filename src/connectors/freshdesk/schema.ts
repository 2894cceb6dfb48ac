import { z } from 'zod';
import { checkStatuses, deskPolicy, statusFields } from '../desk-kit/index.js';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { statusWords } from './reading/ticket-state.js';

/** The settings of a connection, as they are stored. `policy`: where its calls may go, as whoever sets it up names the address. */
export function createFreshdeskSettings(policy: Policy) {
  return z.strictObject({
    /** https://acme.freshdesk.com: the account's own address, not a domain of the company that leads there. */
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
      }),
    /** The custom field of tickets that holds our conversation's id. */
    referenceField: z
      .string()
      .trim()
      .regex(/^cf_[a-z0-9_]{1,100}$/u, 'must be the field’s name in the API, as cf_wotnot_conversation')
      .default('cf_wotnot_conversation'),
    /** The bridge's part of what the plan allows. The smallest paid one allows 200; agents' other tools count as well. */
    callsPerMinute: z.int().min(10).max(100_000).default(150),
    ...statusFields(statusWords),
    policy: deskPolicy,
  });
}

/** As somebody gives them. What is stored may be from before these checks, and goes on. */
export const givenFreshdeskSettings = (policy: Policy) =>
  createFreshdeskSettings(policy).superRefine(checkStatuses(statusWords));

export const freshdeskCredentials = z.strictObject({
  /** Of an agent who is the bridge alone: Profile settings → View API key. */
  apiKey: z
    .string()
    .trim()
    .min(8)
    .max(512)
    .regex(/^[\x21-\x7e]+$/u, 'must be the key and nothing else'),
});

export type FreshdeskSettings = z.infer<ReturnType<typeof createFreshdeskSettings>>;
