import type { SlaBreach } from '../../../domain/conversation.js';
import { cutText, firstPresent, firstText, pick, present } from '../pick.js';
import { readTime } from './read-time.js';

/** A breach with whatever WotNot says of it; its payload is documented nowhere. */
export function readSlaBreach(payload: unknown): Omit<SlaBreach, 'breachedAt'> & { breachedAt?: string } {
  const sla = firstPresent(pick(payload, 'sla'), pick(payload, 'sla_breached'), pick(payload, 'policy'));
  const name = firstText(
    pick(sla, 'name'),
    pick(sla, 'title'),
    pick(payload, 'sla_name'),
    pick(payload, 'policy_name'),
    pick(payload, 'name'),
    sla,
  );
  const target = firstText(
    pick(sla, 'target'),
    pick(sla, 'metric'),
    pick(sla, 'type'),
    pick(payload, 'target'),
    pick(payload, 'sla_type'),
    pick(payload, 'metric'),
    pick(payload, 'type'),
  );
  const times = [pick(payload, 'breached_at'), pick(sla, 'breached_at'), pick(payload, 'breach_time')];
  return present({
    name: name && cutText(name, 200),
    target: target && cutText(target, 200),
    breachedAt: times.map(readTime).find((time) => time !== undefined),
  });
}
