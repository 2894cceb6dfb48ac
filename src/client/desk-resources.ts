import type { LinkTicket, ResolveDelivery } from '../contract/commands.js';
import type { Fact } from '../contract/facts.js';
import type { Delivery, File, InboundEvent, TicketLink } from '../contract/resources.js';
import type { Page } from './page.js';
import type { SendRequest } from './send-request.js';

export interface DeliveryQuery {
  state?: Delivery['state'] | 'pending' | undefined;
  connectionId?: string | undefined;
  conversationId?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export interface Upload {
  name: string;
  bytes: Blob | ArrayBuffer | Uint8Array;
  contentType?: string;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface DeskResources {
  ticketLinks: {
    link(connectionId: string, externalTicketId: string, link: LinkTicket): Promise<TicketLink>;
    find(connectionId: string, externalTicketId: string): Promise<TicketLink>;
    unlink(connectionId: string, externalTicketId: string): Promise<TicketLink>;
  };
  files: { upload(upload: Upload): Promise<File> };
  deliveries: {
    list(query?: DeliveryQuery): Promise<Page<Delivery>>;
    redrive(deliveryId: string): Promise<Delivery>;
    /** A start that has arrived may be given the outside's id of its conversation, also later. */
    resolve(
      deliveryId: string,
      as: ResolveDelivery['as'],
      externalConversationId?: string,
    ): Promise<Delivery>;
  };
  inboundEvents: {
    list(query?: {
      state?: InboundEvent['state'];
      cursor?: string;
      limit?: number;
    }): Promise<Page<InboundEvent>>;
    replay(eventId: string): Promise<InboundEvent>;
  };
  events: {
    /** The workspace's feed for programs that poll; `nextCursor` is where to go on. */
    list(query?: { after?: string; limit?: number }): Promise<Page<Fact>>;
  };
}

export function createDeskResources(send: SendRequest): DeskResources {
  const link = (connectionId: string, externalTicketId: string): string =>
    `/v1/ticket-links/${encodeURIComponent(connectionId)}/${encodeURIComponent(externalTicketId)}`;
  const delivery = (deliveryId: string, verb: string): string =>
    `/v1/deliveries/${encodeURIComponent(deliveryId)}/${verb}`;
  return {
    ticketLinks: {
      async link(connectionId, externalTicketId, body) {
        return (await send<TicketLink>({ method: 'PUT', path: link(connectionId, externalTicketId), body }))
          .value;
      },
      async find(connectionId, externalTicketId) {
        return (await send<TicketLink>({ method: 'GET', path: link(connectionId, externalTicketId) })).value;
      },
      async unlink(connectionId, externalTicketId) {
        return (await send<TicketLink>({ method: 'DELETE', path: link(connectionId, externalTicketId) }))
          .value;
      },
    },
    files: {
      async upload({
        name,
        bytes,
        contentType = 'application/octet-stream',
        idempotencyKey = crypto.randomUUID(),
        signal,
      }) {
        const request = {
          method: 'POST',
          path: '/v1/files',
          query: { name },
          body: bytes,
          contentType,
          idempotencyKey,
          signal,
        } as const;
        // A big file over a slow line takes longer than an answer should.
        return (await send<File>({ ...request, timeoutSeconds: 300 })).value;
      },
    },
    deliveries: {
      async list(query = {}) {
        return (await send<Page<Delivery>>({ method: 'GET', path: '/v1/deliveries', query: { ...query } }))
          .value;
      },
      async redrive(deliveryId) {
        return (await send<Delivery>({ method: 'POST', path: delivery(deliveryId, 'redrive') })).value;
      },
      async resolve(deliveryId, as, externalConversationId) {
        const body = { as, externalConversationId };
        return (await send<Delivery>({ method: 'POST', path: delivery(deliveryId, 'resolve'), body })).value;
      },
    },
    inboundEvents: {
      async list(query = {}) {
        return (await send<Page<InboundEvent>>({ method: 'GET', path: '/v1/inbound-events', query })).value;
      },
      async replay(eventId) {
        const path = `/v1/inbound-events/${encodeURIComponent(eventId)}/replay`;
        return (await send<InboundEvent>({ method: 'POST', path })).value;
      },
    },
    events: {
      async list(query = {}) {
        return (await send<Page<Fact>>({ method: 'GET', path: '/v1/events', query })).value;
      },
    },
  };
}
