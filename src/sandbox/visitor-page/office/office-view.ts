export interface OfficeMessage {
  id: string;
  from: 'visitor' | 'bot' | 'agent';
  agent?: { email: string; name: string };
  type: string;
  text?: string;
  file?: { name: string; state: string; url?: string; problem?: string };
  receivedAt: string;
  receipt: string;
}

export interface OfficeAssignee {
  type: 'bot' | 'nobody' | 'team' | 'agent';
  name?: string;
  email?: string;
}

export interface OfficeBrief {
  id: string;
  channel: string;
  status: 'open' | 'closed';
  assignee: OfficeAssignee;
  contact?: { name: string; email?: string; phone?: string };
  createdAt: string;
  messageCount: number;
  lastMessage: OfficeMessage | null;
}

export interface OfficeConversation extends Omit<OfficeBrief, 'messageCount' | 'lastMessage'> {
  externalKey: string;
  variables: { name: string; value: unknown }[];
  labels: { id: number; name: string }[];
  notes: { id: string; text: string; by: string; at: string }[];
  messages: OfficeMessage[];
  webhooks: { n: number; type: string; state: string; createdAt: string; tries: unknown[] }[];
}

export interface OfficeOverview {
  webhook: { url: string; isEnabled: boolean };
  teams: string[];
  users: { email: string; name: string }[];
  conversations: OfficeBrief[];
}

export function assigneeName({ type, name, email }: OfficeAssignee): string {
  switch (type) {
    case 'bot':
      return 'Bot';
    case 'nobody':
      return 'Nobody';
    case 'team':
    case 'agent':
      return name ?? email ?? type;
  }
}
