import { signal } from '@preact/signals';

export const announced = signal('');

/** Says it to those who listen to the page instead of looking at it. */
export function announce(text: string): void {
  announced.value = text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
