/** What goes over the wire between the visitor's page and the sandbox. */

export interface ChatNotice {
  id: number;
  at: string;
  /** How many messages stand before it. */
  after: number;
  type: 'team' | 'agent' | 'bot' | 'nobody' | 'closed';
  name?: string;
}

export interface ChatFile {
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  state: 'fetching' | 'stored' | 'failed';
  url?: string;
  problem?: string;
}

export interface ChatMessage {
  id: string;
  /** The id under which the page sent it. */
  clientId?: string;
  /** Its place in the conversation; never changes. */
  position: number;
  from: 'visitor' | 'bot' | 'agent';
  agent?: string;
  type: 'text' | 'file' | 'voice' | 'template' | 'buttons';
  text?: string;
  buttons?: string[];
  file?: ChatFile;
  at: string;
  receipt: 'sent' | 'delivered' | 'read' | 'failed';
}

export interface ToldEvent {
  n: number;
  type: string;
  /** Who or what, in a word: the author, the new assignee. */
  about: string;
  state: 'queued' | 'delivered' | 'failed' | 'dropped';
  at: string;
  tries: number;
}

export interface ChatView {
  id: string;
  visitorKey: string;
  /** Ask for what came after it. */
  cursor: number;
  /** The page knew of a state that is gone: it must forget what it had. */
  isAnew: boolean;
  status: 'open' | 'closed';
  assignee: { type: 'bot' | 'nobody' | 'team' | 'agent'; name?: string };
  visitorName: string;
  typing: string | null;
  notices: ChatNotice[];
  /** Only those that changed after the cursor that was asked for. */
  messages: ChatMessage[];
  /** What the bridge has been told, newest last. */
  events: ToldEvent[];
  isWebhookSet: boolean;
}
