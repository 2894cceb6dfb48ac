import { z } from 'zod';
import { judgeUrl, type Policy } from '../http-client/index.js';
import { type OperationName, operationNames } from '../../wotnot/index.js';
import { knownTemplates } from './templates.js';

const paths = z.partialRecord(
  z.enum(operationNames as [OperationName, ...OperationName[]]),
  z.string().startsWith('/'),
);

const variableName = z.string().trim().min(1).max(200).optional();
const ticketVariables = z.strictObject({ id: variableName, url: variableName, status: variableName });

const contactVariable = z.union([variableName, z.literal(false)]);
const contactVariables = z.strictObject({
  name: contactVariable,
  email: contactVariable,
  phone: contactVariable,
});
const none = z.union([z.literal(false), z.literal('false').transform(() => false as const)]);

/** The settings of a connection. `policy`: where its calls may go, as whoever sets it up names the address. */
export function createWotNotSettings(policy: Policy) {
  const baseUrl = z
    .string()
    .max(2_048)
    .superRefine((text, context) => {
      const judged = judgeUrl(text, policy);
      if (judged.outcome === 'refused') context.addIssue({ code: 'custom', message: judged.reason });
    });
  return z.strictObject({
    baseUrl: baseUrl.default('https://api.wotnot.io'),
    accountId: z.union([z.string().trim().min(1).max(128), z.int().nonnegative().transform(String)], {
      error: 'must be the number of the WotNot account',
    }),
    /** In whose name the bridge hands over, when it must put a conversation into an agent's hands. */
    actingAgentEmail: z.string().trim().toLowerCase().pipe(z.email().max(254)).optional(),
    /** Paths of WotNot's API that differ from its manual. */
    paths: paths.optional(),
    /**
     * The names under which receipts are subscribed, as registering the webhook has found out; empty when WotNot
     * took none.
     */
    receiptEvents: z.array(z.string().trim().min(1).max(64)).max(10).optional(),
    /** The variables that tell a conversation of its ticket; false for none. */
    ticketVariables: z
      .union([none, ticketVariables], {
        error: 'must be {id, url, status} with the names of variables, or false',
      })
      .optional(),
    /** The variables that tell of a contact what the desk alone knows; false for none. */
    contactVariables: z
      .union([none, contactVariables], {
        error: 'must be {name, email, phone} with the names of variables or false, or false',
      })
      .optional(),
    /** What agents may pick from. */
    templates: knownTemplates.optional(),
  });
}

export const wotNotCredentials = z.strictObject({
  token: z.string().trim().min(1).max(4_096),
});

export type WotNotSettings = z.infer<ReturnType<typeof createWotNotSettings>>;

/** WotNot's nine kinds of event under every name that they may come by. */
const eventKinds = {
  conversation_create: 'conversation_create',
  message: 'message',
  status: 'status',
  assignee_change: 'assignee_change',
  assignee: 'assignee_change',
  sla_breached: 'sla_breached',
  variables: 'variables',
  conversation_labels: 'conversation_labels',
  note: 'note',
  message_status: 'message_status',
  messages_status: 'message_status',
  delivery_status: 'message_status',
} as const;

export type EventKind = (typeof eventKinds)[keyof typeof eventKinds];

/** The kind that an event's type names, or undefined when it is none of the nine. */
export function eventKindOf(type: string): EventKind | undefined {
  const key = type.trim().toLowerCase().replaceAll('-', '_');
  return Object.hasOwn(eventKinds, key) ? eventKinds[key as keyof typeof eventKinds] : undefined;
}
