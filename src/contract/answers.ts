import { z } from 'zod';
import {
  apiKeySchema,
  checkFindingSchema,
  connectionSchema,
  conversationSummarySchema,
  deliverySchema,
  failureSchema,
  inboundEventSchema,
  agentSchema,
  ticketLinkSchema,
} from './resources.js';
import { factSchema } from './facts.js';

const nextCursor = z
  .string()
  .optional()
  .meta({ description: 'Hand it back as `cursor` for the next page; missing on the last one' });

export const conversationPageSchema = z.strictObject({
  data: z.array(conversationSummarySchema),
  nextCursor,
});
export const deliveryPageSchema = z.strictObject({ data: z.array(deliverySchema), nextCursor });
export const inboundEventPageSchema = z.strictObject({ data: z.array(inboundEventSchema), nextCursor });
export const ticketLinkPageSchema = z.strictObject({ data: z.array(ticketLinkSchema), nextCursor });
export const connectionPageSchema = z.strictObject({ data: z.array(connectionSchema), nextCursor });
export const agentPageSchema = z.strictObject({ data: z.array(agentSchema), nextCursor });
export const apiKeyPageSchema = z.strictObject({ data: z.array(apiKeySchema), nextCursor });

/** A conversation's facts, ascending by seq. */
export const conversationEventPageSchema = z.strictObject({
  data: z.array(factSchema),
  nextCursor: z
    .string()
    .optional()
    .meta({ description: 'The seq to hand back as `after`; missing when there was no more' }),
});

/** The workspace's facts. The cursor is there also when nothing came: ask again with it. */
export const factPageSchema = z.strictObject({
  data: z.array(factSchema),
  nextCursor: z.string().meta({ description: 'Hand it back as `after`, now or later' }),
});

/** What is owed to the outside because of the request. */
export const acceptedSchema = z.strictObject({ deliveryId: z.string() }).meta({ id: 'Accepted' });

/** A conversation that is begun; `starting` on it says that the outside has not answered yet. */
export const startedConversationSchema = z
  .strictObject({
    id: z.string(),
    connectionId: z.string(),
    messageId: z.string(),
    deliveryId: z.string(),
  })
  .meta({ id: 'StartedConversation' });

export const publicationSchema = z
  .strictObject({
    id: z.string(),
    conversationId: z.string(),
    connectionId: z.string(),
    status: z.enum(['in-progress', 'trained', 'failed']),
    externalId: z.string().optional().meta({ description: 'The outside’s id of what it learns from' }),
    failure: failureSchema.optional(),
  })
  .meta({ id: 'Publication' });

export const signInLinkSchema = z
  .strictObject({
    url: z.string().optional().meta({ description: 'Works once. Shown once: a repeated answer lacks it' }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'SignInLink' });

export const createdApiKeySchema = z
  .strictObject({
    ...apiKeySchema.shape,
    key: z.string().optional().meta({ description: 'Shown once: a repeated answer lacks it' }),
  })
  .meta({ id: 'CreatedApiKey' });

const registrationSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('registered'),
    notice: z.string().optional().meta({ description: 'What the outside would not take of it' }),
  }),
  z.strictObject({ outcome: z.literal('by_hand'), message: z.string() }).meta({
    description: 'The outside cannot be told: its administrator enters URL and token, as the message says',
  }),
  z.strictObject({ outcome: z.literal('not_registered'), code: z.string(), message: z.string() }),
]);

export const createdConnectionSchema = z
  .strictObject({
    connection: connectionSchema,
    webhookToken: z.string().optional().meta({ description: 'Shown once: a repeated answer lacks it' }),
    webhookUrl: z.string(),
    registered: registrationSchema,
  })
  .meta({ id: 'CreatedConnection' });

export const rotatedWebhookTokenSchema = z
  .strictObject({
    connection: connectionSchema,
    webhookToken: z.string().meta({ description: 'Shown once; the token before it stays good meanwhile' }),
    registered: registrationSchema,
  })
  .meta({ id: 'RotatedWebhookToken' });

export const connectionCheckSchema = z
  .strictObject({ findings: z.array(checkFindingSchema) })
  .meta({ id: 'ConnectionCheck' });

export const connectionAgentsSchema = z
  .strictObject({
    data: z.array(
      z.strictObject({
        email: z.string(),
        name: z.string(),
        role: z.string().optional().meta({ description: 'What they are in the outside account' }),
        inDesk: z.boolean(),
        inAccount: z.boolean(),
      }),
    ),
    roles: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'ConnectionAgents' });

export const invitationSchema = z
  .strictObject({
    email: z.string(),
    invitationLink: z
      .string()
      .optional()
      .meta({ description: 'Lets the invited in. Shown once: a repeated answer lacks it' }),
  })
  .meta({ id: 'Invitation' });

/** Who the token stands for. */
export const meSchema = z
  .strictObject({
    type: z.enum(['agent', 'program']),
    workspace: z.strictObject({ id: z.string(), name: z.string() }),
    permissions: z.array(z.enum(['desk', 'admin'])),
    agent: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }).optional(),
    key: z.strictObject({ id: z.string(), name: z.string() }).optional(),
    sessionExpiresAt: z.iso.datetime().optional(),
    hints: z.strictObject({ visitorPage: z.string().optional() }).optional(),
  })
  .meta({ id: 'Me' });

export type Me = z.infer<typeof meSchema>;
