import { z } from 'zod';
import type { TicketPriority } from '../../../domain/ticket.js';

const number = z.number();
const settingsPart = z.object({
  priorities: z.object({ low: number, normal: number, high: number, urgent: number }),
});

/** RT's priority is a number: the highest of ours that it reaches, low below all. */
export function nearestPriority(
  value: number | null,
  settings: Readonly<Record<string, unknown>>,
): TicketPriority | undefined {
  const parsed = settingsPart.safeParse(settings);
  if (!parsed.success || value === null) return undefined;
  const { priorities } = parsed.data;
  const reached = (['urgent', 'high', 'normal', 'low'] as const).filter((name) => value >= priorities[name]);
  return reached[0] ?? 'low';
}
