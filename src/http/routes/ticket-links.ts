import {
  idParameter,
  linkTicketSchema,
  ticketLinkPageSchema,
  ticketLinkSchema,
  ticketParameters,
} from '../../contract/index.js';
import { presentTicketLink } from '../../contract/present/index.js';
import { presentList } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Ticket links';
const path = '/v1/ticket-links/{connectionId}/{externalTicketId}';

const listTicketLinks = route({
  operationId: 'listTicketLinks',
  method: 'get',
  path: '/v1/conversations/{id}/ticket-links',
  permission: 'desk',
  tag,
  summary: 'List the tickets that a conversation is linked to',
  params: idParameter,
  answers: { 200: ticketLinkPageSchema },
  refusals: ['not_found'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.listTicketLinks(principal, params.id), (links) =>
      presentList(links, presentTicketLink),
    ),
});

const findTicketLink = route({
  operationId: 'findTicketLink',
  method: 'get',
  path,
  permission: 'desk',
  tag,
  summary: 'Find the conversation of a ticket',
  params: ticketParameters,
  answers: { 200: ticketLinkSchema },
  refusals: ['not_found'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.findTicketLink(principal, params.connectionId, params.externalTicketId), (link) =>
      answered(200, presentTicketLink(link)),
    ),
});

const linkTicket = route({
  operationId: 'linkTicket',
  method: 'put',
  path,
  permission: 'desk',
  tag,
  summary: 'Link a ticket to a conversation',
  description: '201 when the link is new, 200 when it was there; 409 when either is linked elsewhere.',
  params: ticketParameters,
  body: linkTicketSchema,
  answers: { 200: ticketLinkSchema, 201: ticketLinkSchema },
  refusals: [
    'not_found',
    'ticket_linked_elsewhere',
    'conversation_linked_elsewhere',
    'connection_disconnected',
  ],
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.linkTicket(principal, { ...params, ...body }), ({ link, created }) =>
      answered(created ? 201 : 200, presentTicketLink(link)),
    ),
});

const unlinkTicket = route({
  operationId: 'unlinkTicket',
  method: 'delete',
  path,
  permission: 'desk',
  tag,
  summary: 'Take a link apart',
  params: ticketParameters,
  answers: { 200: ticketLinkSchema },
  refusals: ['not_found'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.unlinkTicket(principal, params.connectionId, params.externalTicketId), (link) =>
      answered(200, presentTicketLink(link)),
    ),
});

export const ticketLinks = [listTicketLinks, findTicketLink, linkTicket, unlinkTicket];
