/** A file that misses the conversation is not opened in place of the desk, with all that was begun there. */
export function refuseDrops(): () => void {
  function refuse(event: DragEvent): void {
    if (event.defaultPrevented || event.dataTransfer === null) return;
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  }
  window.addEventListener('dragover', refuse);
  window.addEventListener('drop', refuse);
  return () => {
    window.removeEventListener('dragover', refuse);
    window.removeEventListener('drop', refuse);
  };
}
