const shortestSeconds = 1;
const longestSeconds = 24 * 60 * 60;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds or an HTTP date, brought between one second and a day. Anything else says nothing. */
export function readRetryAfter(header: string | null, now: Date): number | null {
  const value = header?.trim() ?? '';
  let seconds: number;
  if (/^\d+$/.test(value)) seconds = Number(value);
  else if (httpDate.test(value)) seconds = Math.ceil((Date.parse(value) - now.getTime()) / 1000);
  else return null;
  if (Number.isNaN(seconds)) return null;
  return Math.min(Math.max(seconds, shortestSeconds), longestSeconds);
}
