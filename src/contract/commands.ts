import { z } from 'zod';
import type { TemplateContent } from '../domain/conversation.js';
import { presentTemplate } from './present/present-template.js';
import { templateSchema, uncertainPolicySchema } from './resources.js';

/** 16,000 UTF-16 units: what the strictest of WotNot's channels is known to carry is less; it says so itself. */
const text = z.string().trim().min(1).max(16_000);
const email = z.string().trim().toLowerCase().pipe(z.email().max(254));
const reference = z.string().min(1).max(128);

const attached = {
  fileId: reference.optional(),
  url: z.string().min(1).max(2_048).optional(),
  name: z.string().min(1).max(255).optional(),
};
const oneSource = (value: { fileId?: string | undefined; url?: string | undefined }): boolean =>
  (value.fileId === undefined) !== (value.url === undefined);
const oneSourceMessage = { message: 'give either fileId or url', path: ['fileId'] };

/**
 * For whom a program speaks: `by`, an agent's e-mail; else the agent who has the conversation, else the first
 * one. An agent speaks for itself.
 */
const by = email.optional();

/** A desk that answers by the API says that it does, or its own words would be told to it as news. */
const origin = {
  originConnectionId: reference.optional().meta({
    description:
      'The desk connection in whose desk it was written: that desk is not told of it, only of what becomes of it',
  }),
};

const namedTemplate = z.union([
  z
    .string()
    .min(1)
    .max(512)
    .transform((name): TemplateContent => ({ name })),
  templateSchema.transform(presentTemplate),
]);

export const sendMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text, by, ...origin }),
  z
    .strictObject({
      type: z.literal('file'),
      ...attached,
      caption: z.string().max(4_000).optional(),
      by,
      ...origin,
    })
    .refine(oneSource, oneSourceMessage),
  z
    .strictObject({ type: z.literal('voice'), ...attached, by, ...origin })
    .refine(oneSource, oneSourceMessage),
  z.strictObject({
    type: z.literal('template'),
    template: namedTemplate,
    by,
    ...origin,
  }),
]);

const phone = z
  .string()
  .trim()
  .regex(/^\+?[\d\s().-]{4,31}$/, { error: 'must be a phone number' });

const starting = {
  from: phone.meta({ description: 'The number of the account from which it is sent' }),
  to: z.strictObject({ phone, name: z.string().trim().min(1).max(200).optional(), email: email.optional() }),
  assignee: email.optional(),
  by,
  ticket: z
    .strictObject({
      connectionId: reference,
      externalTicketId: z.string().min(1).max(200),
      url: z
        .url({ protocol: /^https?$/ })
        .max(2_048)
        .optional(),
    })
    .optional(),
  connectionId: reference
    .optional()
    .meta({ description: 'May be missing where there is one chat account only' }),
};

/** WhatsApp begins with a template, SMS with a text. `parameters` and `variables` may stand beside its name. */
export const startConversationSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.literal('WHATSAPP'),
    message: z
      .strictObject({
        type: z.literal('template'),
        template: namedTemplate,
        parameters: templateSchema.shape.parameters,
        variables: templateSchema.shape.variables,
      })
      .transform(({ template, parameters, variables }) => ({
        type: 'template' as const,
        template: presentTemplate({
          ...template,
          ...(parameters === undefined ? {} : { parameters }),
          ...(variables === undefined ? {} : { variables }),
        }),
      })),
    ...starting,
  }),
  z.strictObject({
    channel: z.literal('SMS'),
    message: z.strictObject({ type: z.literal('text'), text }),
    ...starting,
  }),
]);

const knowledgeBaseId = z.string().trim().min(1).max(128);

/** A text, by default what was said; or the page of a help article. */
export const publishSchema = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('text'),
    knowledgeBaseId,
    title: z.string().trim().min(1).max(200).optional(),
    text: z.string().trim().min(1).max(100_000).optional(),
  }),
  z.strictObject({ as: z.literal('url'), knowledgeBaseId, url: z.url({ protocol: /^https?$/ }).max(2_048) }),
]);

export const addNoteSchema = z.strictObject({ text, by, ...origin });

export const assignSchema = z.union([
  z.strictObject({ agent: email, by }),
  z.strictObject({ team: z.string().trim().min(1).max(200), by }),
]);

export const closeSchema = z.strictObject({ by });

export const setVariablesSchema = z.strictObject({
  variables: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(200),
        value: z.string().max(4_000),
        on: z.enum(['conversation', 'contact']).default('conversation'),
      }),
    )
    .min(1)
    .max(100),
});

export const linkTicketSchema = z.strictObject({
  conversationId: reference,
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .optional(),
  ticketStatus: z.string().max(100).optional(),
  contact: z
    .strictObject({
      name: z.string().trim().min(1).max(200).optional(),
      email: email.optional(),
      phone: z.string().trim().min(1).max(64).optional(),
    })
    .optional()
    .meta({ description: 'Who asked for help, as the desk knows it: the chat side is told what it lacks' }),
});

const limit = z.coerce.number().int().min(1).max(200).default(50);
const cursor = z.string().min(1).max(512).optional();
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

export const listConversationsSchema = z.strictObject({
  status: z.enum(['open', 'closed']).optional(),
  /** me | nobody | bot | an agent's e-mail | team:<name> */
  assignee: z.string().min(1).max(300).optional(),
  channel: z.string().min(1).max(100).optional(),
  q: z.string().trim().min(1).max(200).optional(),
  slaBreached: flag,
  cursor,
  limit,
});

/** `after` is the seq of the last event already known; 0 for all. */
export const listConversationEventsSchema = z.strictObject({
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  /** With `before`, the events before that seq, the latest first page: for reading a long history backwards. */
  before: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  limit,
});

export const listFactsSchema = z.strictObject({ after: cursor, limit });

export const listDeliveriesSchema = z.strictObject({
  state: z.enum(['waiting', 'pending', 'sending', 'uncertain', 'delivered', 'dead', 'cancelled']).optional(),
  connectionId: reference.optional(),
  conversationId: reference.optional(),
  cursor,
  limit,
});

/** delivered: the contact has it, go on · resend: send it again · cancel: do not send it. */
export const resolveDeliverySchema = z.strictObject({
  as: z.enum(['delivered', 'resend', 'cancel']),
  externalConversationId: z
    .string()
    .regex(/^(?!starting:|joined:)[^\s\p{Cc}]{1,128}$/u, {
      error: 'must be an id of 1 to 128 characters without blanks',
    })
    .optional()
    .meta({ description: 'Of the conversation that a start has begun: what the outside calls it' }),
});

export const listInboundEventsSchema = z.strictObject({
  state: z.enum(['recorded', 'projected', 'unrecognised', 'failed']).optional(),
  cursor,
  limit,
});

export const changeWorkspaceSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    uncertainPolicy: uncertainPolicySchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'give name or uncertainPolicy' });
export const createAgentSchema = z.strictObject({ email, name: z.string().trim().min(1).max(200) });
export const createApiKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scopes: z
    .array(z.enum(['admin', 'desk']))
    .min(1)
    .default(['desk']),
});
export const createConnectionSchema = z.strictObject({
  connector: z.string().min(1).max(50),
  name: z.string().trim().min(1).max(200),
  settings: z.record(z.string(), z.unknown()).default({}),
  credentials: z.record(z.string(), z.unknown()).default({}),
  webhookToken: z.string().min(24).max(512).optional(),
});
/** Settings are merged by key; null takes one away. */
export const changeConnectionSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    settings: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ name, settings }) => name !== undefined || settings !== undefined, {
    error: 'give name or settings',
  });
export const pauseConnectionSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export const replaceCredentialsSchema = z.strictObject({ credentials: z.record(z.string(), z.unknown()) });
export const inviteAgentSchema = z.strictObject({ roleId: z.string().trim().min(1).max(128) });
export const exchangeCodeSchema = z.strictObject({ code: z.string().min(1).max(200) });

export const sessionSchema = z
  .strictObject({
    token: z.string(),
    expiresAt: z.iso.datetime(),
    workspace: z.strictObject({ id: z.string(), name: z.string() }),
    agent: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
  })
  .meta({ id: 'Session' });

export type SendMessage = z.infer<typeof sendMessageSchema>;
export type StartConversation = z.input<typeof startConversationSchema>;
export type Publish = z.input<typeof publishSchema>;
export type AddNote = z.infer<typeof addNoteSchema>;
export type Assign = z.infer<typeof assignSchema>;
export type LinkTicket = z.infer<typeof linkTicketSchema>;
export type ListConversations = z.infer<typeof listConversationsSchema>;
export type ResolveDelivery = z.infer<typeof resolveDeliverySchema>;
export type Session = z.infer<typeof sessionSchema>;
