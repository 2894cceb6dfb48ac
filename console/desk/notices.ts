import { signal } from '@preact/signals';

export interface Notice {
  key: number;
  text: string;
}

/** Short sentences that appear and go by themselves. */
export function createNotices() {
  const shown = signal<readonly Notice[]>([]);
  let last = 0;
  const dismiss = (key: number): void => {
    shown.value = shown.value.filter((notice) => notice.key !== key);
  };
  return {
    shown,
    dismiss,
    tell: (text: string) => {
      last += 1;
      const key = last;
      shown.value = [...shown.value.filter((notice) => notice.text !== text), { key, text }].slice(-3);
      setTimeout(() => dismiss(key), 9_000);
    },
  };
}
