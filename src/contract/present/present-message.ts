import type { Attachment as AttachmentRow } from '../../domain/conversation.js';
import type { MessageView } from '../../domain/views.js';
import type { Attachment, Message } from '../resources.js';
import { presentAuthor } from './present-author.js';
import { presentFailure } from './present-failure.js';
import { presentTemplate } from './present-template.js';

/** Makes the signed link of a file of ours. */
export type SignUrl = (fileId: string, name: string) => string;

/** A message as it crosses our wire; links to our own files are signed as it leaves. */
export function presentMessage(view: MessageView, signUrl: SignUrl): Message {
  return {
    id: view.id,
    conversationId: view.conversationId,
    seq: view.seq,
    direction: view.direction,
    author: presentAuthor(view.author),
    kind: view.kind,
    text: view.text,
    attachments: (view.content.attachments ?? []).map((attachment) => presentAttachment(attachment, signUrl)),
    buttons: (view.content.buttons ?? []).map(({ title, url }) => ({
      title,
      ...(url === undefined ? {} : { url }),
    })),
    links: (view.content.links ?? []).map(({ url, title }) => ({
      url,
      ...(title === undefined ? {} : { title }),
    })),
    ...(view.content.template === undefined ? {} : { template: presentTemplate(view.content.template) }),
    state: view.state,
    flags: [...view.flags],
    ...(view.failure === undefined ? {} : { failure: presentFailure(view.failure) }),
    ...(view.deliveryId === undefined ? {} : { deliveryId: view.deliveryId }),
    ...(view.originConnectionId === undefined ? {} : { originConnectionId: view.originConnectionId }),
    ...(view.externalMessageId === undefined ? {} : { externalMessageId: view.externalMessageId }),
    occurredAt: view.occurredAt.toISOString(),
    ...(view.sentAt === undefined ? {} : { sentAt: view.sentAt.toISOString() }),
    ...(view.deliveredAt === undefined ? {} : { deliveredAt: view.deliveredAt.toISOString() }),
    ...(view.readAt === undefined ? {} : { readAt: view.readAt.toISOString() }),
  };
}

function presentAttachment(row: AttachmentRow, signUrl: SignUrl): Attachment {
  const url = row.fileId === undefined ? row.url : signUrl(row.fileId, row.name ?? 'file');
  return {
    kind: row.kind,
    ...(url === undefined ? {} : { url }),
    ...(row.fileId === undefined ? {} : { fileId: row.fileId }),
    ...(row.name === undefined ? {} : { name: row.name }),
    ...(row.contentType === undefined ? {} : { contentType: row.contentType }),
    ...(row.sizeBytes === undefined ? {} : { sizeBytes: row.sizeBytes }),
  };
}
