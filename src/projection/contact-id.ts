import { createHash } from 'node:crypto';

/** One contact has one id however often and wherever it is met. */
export function contactIdOf(connectionId: string, externalContactId: string): string {
  return `ctc_${createHash('sha256').update(`${connectionId}\n${externalContactId}`).digest('hex').slice(0, 26)}`;
}
