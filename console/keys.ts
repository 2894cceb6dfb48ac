import type { Navigation } from './navigation.js';

/** j k ↑ ↓ between conversations · / search · r reply · n note · Esc out of what one is in, then to the list. */
export function listenForKeys(navigation: Navigation): () => void {
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    if (event.key === 'Escape') return leave(target);
    if (isTyping(target)) return;
    const isOnControl = target?.closest('.thread-scroll, .details, select, [role=radiogroup]') !== null;
    switch (event.key) {
      case 'j':
        navigation.step(1);
        break;
      case 'k':
        navigation.step(-1);
        break;
      case 'ArrowDown':
      case 'ArrowUp':
        if (target !== undefined && isOnControl) return;
        navigation.step(event.key === 'ArrowDown' ? 1 : -1);
        break;
      case '/':
        focus('[data-focus=search]');
        break;
      case 'r':
        press('[data-focus=reply]');
        break;
      case 'n':
        press('[data-focus=note]');
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  function leave(target: HTMLElement | undefined): void {
    if (isTyping(target)) target?.blur();
    else if (navigation.isShowingDetails.value) navigation.showDetails(false);
    else if (navigation.conversation.value !== undefined) navigation.toList();
  }

  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function isTyping(target: HTMLElement | undefined): boolean {
  return target?.matches('input:not([type=checkbox], [type=radio]), textarea, [contenteditable]') ?? false;
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

function press(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}
