/** The words of the trade: who speaks, what is said, who answers. */

export type Side = 'chat' | 'desk';

export type ConversationStatus = 'open' | 'closed';

export type Assignee =
  | { type: 'agent'; email: string; name?: string }
  | { type: 'team'; team: string }
  | { type: 'bot'; name?: string }
  | { type: 'nobody' };

export interface Author {
  type: 'contact' | 'bot' | 'agent' | 'system';
  name?: string;
  /** Lower case. */
  email?: string;
  externalId?: string;
}

export interface Attachment {
  kind: 'image' | 'audio' | 'video' | 'file' | 'page';
  /** Where it lies outside; never fetched by a browser of ours without the agent's click. */
  url?: string;
  /** Ours, when an agent attached it. */
  fileId?: string;
  name?: string;
  contentType?: string;
  sizeBytes?: number;
}

export interface MessageButton {
  title: string;
  url?: string;
}

export interface TemplateContent {
  name: string;
  parameters?: { header?: string[]; body?: string[]; buttons?: Record<string, string> };
  variables?: Record<string, string>;
}

/** What a message carries beside its text. */
export interface MessageContent {
  attachments?: Attachment[];
  buttons?: MessageButton[];
  links?: { url: string; title?: string }[];
  template?: TemplateContent;
}

/** received: theirs · the rest: the life of one of ours. */
export type MessageState = 'received' | 'queued' | 'sending' | 'sent' | 'uncertain' | 'failed';

/** cleaned: unstorable characters were replaced · possibleRepeat: an equal event came shortly before ·
 * possibleDuplicate: sent again after an unclear answer · late: redriven after what came behind it. */
export type MessageFlag = 'cleaned' | 'possibleRepeat' | 'possibleDuplicate' | 'late';

export interface Failure {
  code: string;
  message: string;
}

export type Variables = Record<string, string>;

export interface SlaBreach {
  name?: string;
  target?: string;
  breachedAt: string;
}
