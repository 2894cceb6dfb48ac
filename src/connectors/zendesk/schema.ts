import { z } from 'zod';
import { checkStatuses, deskPolicy, statusFields } from '../desk-kit/index.js';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { statusWords } from './reading/statuses.js';

const id = z.union([z.string().regex(/^\d{1,20}$/u), z.int().nonnegative().transform(String)], {
  error: 'must be the number that Zendesk gives it',
});

/** The settings of a connection, as they are stored. `policy`: where its calls may go, as whoever sets it up names the address. */
export function createZendeskSettings(policy: Policy) {
  const baseUrl = z
    .string()
    .max(2_048)
    .superRefine((text, context) => {
      const judged = judgeUrl(text, policy);
      if (judged.outcome === 'refused') context.addIssue({ code: 'custom', message: judged.reason });
    })
    .transform((text) => (URL.canParse(text) ? new URL(text).origin : text));
  return z
    .strictObject({
      subdomain: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u, {
          error: 'must be the first part of the address alone: acme of acme.zendesk.com',
        })
        .optional(),
      /** Instead of the subdomain, for an account at an address of its own. */
      baseUrl: baseUrl.optional(),
      /** events: the account's webhooks tell of tickets themselves · trigger: a trigger calls the webhook. */
      webhooks: z.enum(['events', 'trigger']).default('events'),
      /** Of new tickets; the account's own when missing. */
      brandId: id.optional(),
      formId: id.optional(),
      /** What `register` has made there, and in whose name. */
      webhookId: z
        .string()
        .regex(/^[0-9A-Za-z]{1,64}$/u)
        .optional(),
      triggerId: id.optional(),
      apiUserId: id.optional(),
      /** The bridge's part of what the plan allows: calls, and changes of tickets. The smallest paid one's are given. */
      callsPerMinute: z.int().min(10).max(100_000).default(200),
      updatesPerMinute: z.int().min(5).max(10_000).default(100),
      ...statusFields(statusWords),
      policy: deskPolicy,
    })
    .transform(({ baseUrl: given, ...rest }, context) => {
      const address = given ?? (rest.subdomain && `https://${rest.subdomain}.zendesk.com`);
      if (address !== undefined) return { ...rest, baseUrl: address };
      context.addIssue({
        code: 'custom',
        path: ['subdomain'],
        message: 'is needed: acme of acme.zendesk.com',
      });
      return z.NEVER;
    });
}

/** As somebody gives them. What is stored may be from before these checks, and goes on. */
export const givenZendeskSettings = (policy: Policy) =>
  createZendeskSettings(policy).superRefine(checkStatuses(statusWords));

export type ZendeskSettings = z.infer<ReturnType<typeof createZendeskSettings>>;

const secret = z.string().trim().min(1).max(4_096);
const token = {
  accessToken: secret.optional(),
  /** ISO 8601; missing while nothing is known of an end. */
  expiresAt: z.iso.datetime().optional(),
};
const scope = z.string().trim().min(1).max(1_000).default('read write');

export const zendeskCredentials = z.discriminatedUnion('grant', [
  z.strictObject({
    grant: z.literal('client_credentials'),
    clientId: secret,
    clientSecret: secret,
    scope,
    ...token,
  }),
  z.strictObject({
    grant: z.literal('authorization_code'),
    clientId: secret,
    /** A public client has none. */
    clientSecret: secret.optional(),
    scope,
    redirectUri: z.url().max(2_048).default('http://localhost/desk-bridge'),
    ...token,
    refreshToken: secret.optional(),
  }),
  z.strictObject({
    grant: z.literal('api_token'),
    email: z.string().trim().pipe(z.email().max(254)),
    apiToken: secret,
  }),
]);

export type ZendeskCredentials = z.infer<typeof zendeskCredentials>;
export type CodeCredentials = Extract<ZendeskCredentials, { grant: 'authorization_code' }>;
export type OAuthCredentials = Exclude<ZendeskCredentials, { grant: 'api_token' }>;
