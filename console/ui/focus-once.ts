/**
 * A `ref` for what should have the focus as it appears in a dialog that is open already. `autofocus` beside it
 * does the same for one that is only now being opened.
 */
export function focusOnce(element: HTMLElement | null): void {
  if (element !== null && element.closest('dialog[open]') !== null) element.focus();
}
