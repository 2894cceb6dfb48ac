import type { Assignee as AssigneeRow } from '../../domain/conversation.js';
import type { Assignee } from '../resources.js';

export function presentAssignee(row: AssigneeRow): Assignee {
  switch (row.type) {
    case 'agent':
      return { type: 'agent', email: row.email, ...(row.name === undefined ? {} : { name: row.name }) };
    case 'team':
      return { type: 'team', team: row.team };
    case 'bot':
      return { type: 'bot', ...(row.name === undefined ? {} : { name: row.name }) };
    case 'nobody':
      return { type: 'nobody' };
  }
}
