/** Started here, and the other side has not answered yet: what is written meanwhile waits for that. */
export function StartingBadge() {
  return (
    <span class="badge" title="The channel has not confirmed this conversation yet">
      Starting…
    </span>
  );
}
