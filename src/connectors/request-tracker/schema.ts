import { z } from 'zod';
import type { TicketPriority } from '../../domain/ticket.js';
import { checkStatuses, deskPolicy, statusFields } from '../desk-kit/index.js';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { statusWords } from './reading/status-words.js';

/** RT's standard scale goes from 0 (low) over 50 (medium) to 100 (high). */
const standardPriorities: Record<TicketPriority, number> = { low: 0, normal: 50, high: 80, urgent: 100 };

const priority = z.int().min(0).max(1_000);
const name = z.string().trim().min(1).max(200);
/** What stands in a query between braces must not be able to end them. */
const fieldName = name.regex(
  /^[^{}'"\\]+$/u,
  'must be the name of a custom field, without braces and quotes',
);

/** The settings of a connection, as they are stored. `policy`: where its calls may go. */
export function createRequestTrackerSettings(policy: Policy) {
  const baseUrl = z
    .string()
    .max(2_048)
    .superRefine((text, context) => {
      const judged = judgeUrl(text, policy);
      if (judged.outcome === 'refused') context.addIssue({ code: 'custom', message: judged.reason });
      else if (judged.url.search !== '' || judged.url.hash !== '')
        context.addIssue({ code: 'custom', message: 'must be the address of RT’s first page alone' });
    });
  return z.strictObject({
    /** RT's $WebURL: scheme, host, and the path where RT is not at the root. */
    baseUrl,
    /** Where tickets are made. */
    queue: name.default('General'),
    /** The custom field of tickets that holds our conversation's id. */
    conversationField: fieldName.default('ExternalConversationId'),
    /** A custom field of tickets that takes many values, for tags; '' for none. */
    tagsField: z.union([z.literal(''), fieldName]).default(''),
    /** contact: the contact's words in the contact's name, by the mail gateway · bridge: by the bridge's user. */
    writeAs: z.enum(['contact', 'bridge']).default('contact'),
    /** own: the contact's e-mail address where it is known · generated: never. */
    contactAddress: z.enum(['own', 'generated']).default('own'),
    /** The domain of generated addresses. Nothing is ever sent there by the bridge. */
    contactDomain: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/u, 'must be a domain')
      .max(200)
      .default('chat.invalid'),
    /** Signatures below `-- ` and quoted lines of an agent's reply are left out. */
    cutQuotes: z.boolean().default(true),
    ...statusFields(statusWords),
    priorities: z
      .strictObject({ low: priority, normal: priority, high: priority, urgent: priority })
      .default(standardPriorities as { low: number; normal: number; high: number; urgent: number }),
    policy: deskPolicy,
  });
}

/** As somebody gives them. What is stored may be from before these checks, and goes on. */
export const givenRequestTrackerSettings = (policy: Policy) =>
  createRequestTrackerSettings(policy).superRefine(checkStatuses(statusWords));

export const requestTrackerCredentials = z.strictObject({
  /** Of the bridge's user, as RT shows it once: `1-14-…`. The number in the middle is the user's. */
  token: z
    .string()
    .trim()
    .regex(/^\d{1,4}-\d{1,12}-[\x21-\x7e]{8,200}$/u, 'must be an authentication token of RT, as 1-14-…'),
});

export type RequestTrackerSettings = z.infer<ReturnType<typeof createRequestTrackerSettings>>;
