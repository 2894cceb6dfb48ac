import type { TemplateContent } from './conversation.js';

/** A file of ours or elsewhere that an order carries. `url` is filled in at the moment of sending. */
export interface OrderedFile {
  fileId?: string;
  url?: string;
  name: string;
  contentType: string;
  sizeBytes: number;
}

export type OrderedContent =
  | { type: 'text'; text: string }
  | { type: 'file'; file: OrderedFile; caption?: string }
  | { type: 'voice'; file: OrderedFile }
  | { type: 'template'; template: TemplateContent };

/** How a conversation may begin: by a template on WhatsApp, by a text as SMS. */
export type StartContent = Extract<OrderedContent, { type: 'text' | 'template' }>;

/** What a knowledge base is given to answer from. */
export type Article = { as: 'text'; title: string; text: string } | { as: 'url'; url: string };

/** What a delivery asks of a chat side, in our words; stored as the delivery's payload. */
export type ChatOrder =
  | { kind: 'send-message'; agentEmail: string; content: OrderedContent }
  | {
      kind: 'start-conversation';
      channel: 'WHATSAPP' | 'SMS';
      from: string;
      to: { phone: string; name?: string; email?: string };
      content: StartContent;
      assignee?: string;
    }
  | { kind: 'publish-article'; knowledgeBaseId: string; article: Article }
  | { kind: 'assign'; by: string; to: { agent: string } | { team: string } }
  | { kind: 'close'; by: string }
  | { kind: 'set-variables'; variables: { name: string; value: string; on: 'conversation' | 'contact' }[] };
