import type { RegisterOutcome } from '../connector.js';

/** Rules are written by hand: Freshdesk has no way for it that all its plans know. */
export function register(webhookUrl: string): RegisterOutcome {
  const message = `Freshdesk’s webhook is a rule that an administrator writes: Admin → Automations → Ticket updates, “Trigger webhook” by POST to ${webhookUrl} with the custom header X-Bridge-Secret. docs/connectors/freshdesk.md has it step by step. Until then answers are found by asking.`;
  return { outcome: 'by_hand', message };
}
