import { signal } from '@preact/signals';

/** The present, to the half minute: what says "today" or "5 min" follows it. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 30_000);

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const longDayWithYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const DAY = 86_400_000;

function daysAgo(instant: string): number {
  return Math.round((startOfDay(now.value) - startOfDay(Date.parse(instant))) / DAY);
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

export const clockTime = (instant: string): string => clock.format(new Date(instant));
export const wholeTime = (instant: string): string => whole.format(new Date(instant));

/** As short as a list wants it: 14:05, Yesterday, Tue, 3 May. */
export function listTime(instant: string): string {
  const days = daysAgo(instant);
  if (days <= 0) return clock.format(new Date(instant));
  if (days === 1) return 'Yesterday';
  return (days < 7 ? weekday : shortDay).format(new Date(instant));
}

export function dayName(instant: string): string {
  const days = daysAgo(instant);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (days < 300 ? longDay : longDayWithYear).format(new Date(instant));
}

export function isSameDay(a: string, b: string): boolean {
  return startOfDay(Date.parse(a)) === startOfDay(Date.parse(b));
}

/** A span as one says it: 0 s, 45 s, 3 min, 2 h, 4 d. */
export function spanOf(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
