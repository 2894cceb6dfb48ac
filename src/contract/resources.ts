import { z } from 'zod';

const instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

export const assigneeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('agent'), email: z.string(), name: z.string().optional() }),
  z.strictObject({ type: z.literal('team'), team: z.string() }),
  z.strictObject({ type: z.literal('bot'), name: z.string().optional() }),
  z.strictObject({ type: z.literal('nobody') }),
]);

export const authorSchema = z.strictObject({
  type: z.enum(['contact', 'bot', 'agent', 'system']),
  name: z.string().optional(),
  email: z.string().optional(),
  externalId: z.string().optional(),
});

export const failureSchema = z.strictObject({ code: z.string(), message: z.string() });

export const attachmentSchema = z.strictObject({
  kind: z.enum(['image', 'audio', 'video', 'file', 'page']),
  url: z
    .string()
    .optional()
    .meta({ description: 'A signed link of ours for our files; else where it lies outside' }),
  fileId: z.string().optional(),
  name: z.string().optional(),
  contentType: z.string().optional(),
  sizeBytes: z.int().optional(),
});

export const templateSchema = z.strictObject({
  name: z.string().min(1).max(512),
  parameters: z
    .strictObject({
      header: z.array(z.string()).optional(),
      body: z.array(z.string()).optional(),
      buttons: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  variables: z.record(z.string(), z.string()).optional(),
});

export const messageSchema = z
  .strictObject({
    id: z.string(),
    conversationId: z.string(),
    seq: z.int(),
    direction: z.enum(['in', 'out']).meta({ description: 'out: said by an agent through the bridge' }),
    author: authorSchema,
    kind: z.string().meta({ description: 'text, file, voice, template, buttons … as the channel has it' }),
    text: z.string(),
    attachments: z.array(attachmentSchema),
    buttons: z.array(z.strictObject({ title: z.string(), url: z.string().optional() })),
    links: z.array(z.strictObject({ url: z.string(), title: z.string().optional() })),
    template: templateSchema.optional(),
    state: z.enum(['received', 'queued', 'sending', 'sent', 'uncertain', 'failed']),
    flags: z.array(z.enum(['cleaned', 'possibleRepeat', 'possibleDuplicate', 'late'])),
    failure: failureSchema.optional(),
    deliveryId: z.string().optional(),
    originConnectionId: z
      .string()
      .optional()
      .meta({ description: 'The connection to the desk in which it was written' }),
    externalMessageId: z.string().optional(),
    occurredAt: instant,
    sentAt: instant.optional(),
    deliveredAt: instant.optional(),
    readAt: instant.optional(),
  })
  .meta({ id: 'Message' });

export const noteSchema = z
  .strictObject({
    id: z.string(),
    conversationId: z.string(),
    seq: z.int(),
    author: authorSchema,
    text: z.string(),
    originConnectionId: z
      .string()
      .optional()
      .meta({ description: 'The connection to the desk in which it was written' }),
    occurredAt: instant,
  })
  .meta({ id: 'Note' });

export const contactSchema = z
  .strictObject({
    id: z.string(),
    externalContactId: z.string(),
    name: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    variables: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Contact' });

export const ticketLinkSchema = z
  .strictObject({
    connectionId: z.string(),
    externalTicketId: z.string(),
    conversationId: z.string(),
    url: z.string().optional(),
    ticketStatus: z.string().optional(),
    ticketPriority: z
      .enum(['low', 'normal', 'high', 'urgent'])
      .optional()
      .meta({ description: 'As the desk has told it' }),
    createdAt: instant,
  })
  .meta({ id: 'TicketLink' });

export const slaBreachSchema = z.strictObject({
  name: z.string().optional(),
  target: z.string().optional(),
  breachedAt: instant,
});

export const conversationSummarySchema = z
  .strictObject({
    id: z.string(),
    connectionId: z.string(),
    externalConversationId: z.string(),
    starting: z
      .literal(true)
      .optional()
      .meta({ description: 'Started here; the outside has not given it its id yet' }),
    title: z.string().optional(),
    channel: z.string().optional(),
    status: z.enum(['open', 'closed']),
    assignee: assigneeSchema,
    contact: contactSchema,
    labels: z.array(z.string()),
    sla: slaBreachSchema.optional(),
    lastMessage: z
      .strictObject({ text: z.string(), author: authorSchema, kind: z.string(), occurredAt: instant })
      .optional(),
    lastSeq: z.int(),
    lastActivityAt: instant,
    startedAt: instant,
    closedAt: instant.optional(),
  })
  .meta({ id: 'ConversationSummary' });

export const conversationSchema = z
  .strictObject({
    ...conversationSummarySchema.shape,
    variables: z.record(z.string(), z.string()),
    ticketLinks: z.array(ticketLinkSchema),
  })
  .meta({ id: 'Conversation' });

export const fileSchema = z
  .strictObject({
    fileId: z.string(),
    name: z.string(),
    contentType: z.string(),
    sizeBytes: z.int(),
    url: z.string().meta({ description: 'Signed and expiring' }),
    expiresAt: instant,
  })
  .meta({ id: 'File' });

export const deliverySchema = z
  .strictObject({
    id: z.string(),
    connectionId: z.string(),
    conversationId: z.string(),
    kind: z.string(),
    state: z.enum(['waiting', 'sending', 'uncertain', 'delivered', 'dead', 'cancelled']),
    attempts: z.int(),
    messageId: z.string().optional(),
    externalId: z.string().optional(),
    reason: failureSchema.optional(),
    flags: z.array(z.string()),
    createdAt: instant,
    settledAt: instant.optional(),
    nextAttemptAt: instant.optional(),
  })
  .meta({ id: 'Delivery' });

export const inboundEventSchema = z
  .strictObject({
    id: z.string(),
    connectionId: z.string(),
    kind: z.string(),
    externalConversationId: z.string().optional(),
    state: z.enum(['recorded', 'projected', 'unrecognised', 'failed']),
    detail: z.string().optional(),
    flags: z.array(z.string()),
    payload: z.record(z.string(), z.unknown()),
    receivedAt: instant,
    projectedAt: instant.optional(),
  })
  .meta({ id: 'InboundEvent' });

export const uncertainPolicySchema = z.enum(['by_echo', 'ask', 'resend']);

export const workspaceSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    uncertainPolicy: uncertainPolicySchema.meta({
      description:
        'What becomes of a message of which nothing tells whether it arrived. `by_echo`: sent again where WotNot has ' +
        'echoed before, else an agent is asked; `ask`: an agent is asked; `resend`: sent again, flagged.',
    }),
    createdAt: instant,
  })
  .meta({ id: 'Workspace' });

export const agentSchema = z
  .strictObject({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    createdAt: instant,
    disabledAt: instant.optional(),
  })
  .meta({ id: 'Agent' });

export const apiKeySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    lastFour: z.string(),
    scopes: z.array(z.enum(['admin', 'desk'])),
    createdAt: instant,
    lastUsedAt: instant.optional(),
    revokedAt: instant.optional(),
  })
  .meta({ id: 'ApiKey' });

export const knownTemplateSchema = z
  .strictObject({
    name: z.string(),
    language: z.string().optional(),
    words: z
      .strictObject({
        header: z.string().optional(),
        body: z.string().optional(),
        footer: z.string().optional(),
      })
      .optional()
      .meta({ description: 'With {{1}}, {{2}} … where parameters go, each part counting for itself' }),
    parameters: z
      .strictObject({
        header: z.array(z.string()).optional(),
        body: z.array(z.string()).optional(),
        buttons: z.record(z.string(), z.string()).optional(),
      })
      .optional()
      .meta({ description: 'What each one is, for people' }),
    variables: z.array(z.string()).optional(),
  })
  .meta({ id: 'KnownTemplate' });

const healthSchema = z.strictObject({
  waiting: z.int().meta({ description: 'Deliveries that wait or are under way' }),
  oldestWaitingAt: instant.optional(),
  oldestWaitingSeconds: z.int().optional().meta({ description: 'How far the connection lags behind' }),
  uncertain: z.int().meta({ description: 'Deliveries that an agent is asked about' }),
  dead: z.int(),
  breaker: z.enum(['closed', 'open']).meta({ description: 'open: it fails, and is left alone for a while' }),
  breakerUntil: instant.optional(),
});

const capabilitiesSchema = z.strictObject({
  mostFileBytes: z.int().meta({ description: 'A larger file becomes a link, and the text says so' }),
  mostFilesPerMessage: z.int().meta({ description: 'More are carried by further messages, or as links' }),
  carriesFiles: z.boolean().meta({ description: 'false: files are told as links that end after a while' }),
  mostTextCharacters: z.int().meta({ description: 'A longer message is split, in order' }),
  writesAsContact: z.boolean().meta({
    description: "The contact's words appear as the contact's; else as the bridge's, with the name",
  }),
  statuses: z.array(z.enum(['new', 'open', 'pending', 'solved', 'closed'])),
  priorities: z.boolean(),
  tags: z.boolean(),
  teams: z.boolean(),
  ticketBudget: z
    .strictObject({ most: z.int(), seconds: z.int() })
    .optional()
    .meta({ description: 'Changes that one ticket takes; messages that wait are joined' }),
  callsPerMinute: z.int().optional().meta({ description: 'That the whole account is called at most' }),
});

export const connectionSchema = z
  .strictObject({
    id: z.string(),
    connector: z.string(),
    side: z.enum(['chat', 'desk']),
    name: z.string(),
    status: z.enum(['active', 'paused', 'disconnected']),
    pausedReason: z.string().optional(),
    pausedAt: instant.optional(),
    settings: z.record(z.string(), z.unknown()),
    webhookUrl: z.string(),
    lastInboundAt: instant.optional(),
    lastDeliveredAt: instant.optional(),
    registrationOwedAt: instant
      .optional()
      .meta({ description: 'Since when the outside has not been told of the webhook; it is tried again' }),
    createdAt: instant,
    health: healthSchema.optional().meta({ description: 'Where it is read or listed' }),
    capabilities: capabilitiesSchema
      .optional()
      .meta({ description: 'What a desk can carry; where it is read or listed' }),
    templates: z
      .array(knownTemplateSchema)
      .optional()
      .meta({ description: 'Of a chat side, where it is read or listed: what agents may pick' }),
  })
  .meta({ id: 'Connection' });

export const checkFindingSchema = z
  .strictObject({ ok: z.boolean(), what: z.string(), hint: z.string().optional() })
  .meta({ id: 'CheckFinding' });

export type Assignee = z.infer<typeof assigneeSchema>;
export type Author = z.infer<typeof authorSchema>;
export type Attachment = z.infer<typeof attachmentSchema>;
export type Failure = z.infer<typeof failureSchema>;
export type Message = z.infer<typeof messageSchema>;
export type Note = z.infer<typeof noteSchema>;
export type Contact = z.infer<typeof contactSchema>;
export type TicketLink = z.infer<typeof ticketLinkSchema>;
export type ConversationSummary = z.infer<typeof conversationSummarySchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type File = z.infer<typeof fileSchema>;
export type Delivery = z.infer<typeof deliverySchema>;
export type InboundEvent = z.infer<typeof inboundEventSchema>;
export type Workspace = z.infer<typeof workspaceSchema>;
export type Agent = z.infer<typeof agentSchema>;
export type ApiKey = z.infer<typeof apiKeySchema>;
export type KnownTemplate = z.infer<typeof knownTemplateSchema>;
export type Connection = z.infer<typeof connectionSchema>;
