/** 1990 to 2200: beyond it a number or a date is no time of ours. */
const earliest = Date.UTC(1990, 0, 1);
const latest = Date.UTC(2200, 0, 1);
const written =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;

/**
 * WotNot's times as ISO 8601 in UTC with milliseconds: with a space for the T, without a zone (UTC),
 * with microseconds; or seconds or milliseconds since 1970. undefined for what makes no sense.
 */
export function readTime(value: unknown): string | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const text = value.trim();
  if (/^\d{9,16}(?:\.\d{1,9})?$/.test(text)) return fromNumber(Number(text));
  const parts = written.exec(text);
  if (!parts) return undefined;
  const [, date, time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = parts;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const suffix = /^(?:utc|gmt|z)$/i.test(offset) ? 'Z' : offset;
  return within(Date.parse(`${date}T${time}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${suffix}`));
}

function fromNumber(value: number): string | undefined {
  if (value > 1e14) return within(Math.floor(value / 1_000));
  return within(value > 1e11 ? value : value * 1_000);
}

function within(time: number): string | undefined {
  return time >= earliest && time < latest ? new Date(time).toISOString() : undefined;
}
