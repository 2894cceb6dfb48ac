export interface Visit {
  visitorKey?: string;
  conversationId?: string;
  name?: string;
}

const place = 'fern-and-fable.visit';

/** What this browser remembers of the visitor. The address, when it names a conversation, comes first. */
export function recallVisit(): Visit {
  const named = new URLSearchParams(location.search).get('conversation');
  let kept: Visit = {};
  try {
    kept = JSON.parse(localStorage.getItem(place) ?? '{}') as Visit;
  } catch {
    // A browser that keeps nothing, or something that is not ours.
  }
  return named && named !== kept.conversationId ? { conversationId: named } : kept;
}

export function rememberVisit(visit: Visit): void {
  try {
    localStorage.setItem(place, JSON.stringify(visit));
  } catch {
    // The chat works without a memory.
  }
  const address = new URL(location.href);
  if (visit.conversationId) address.searchParams.set('conversation', visit.conversationId);
  else address.searchParams.delete('conversation');
  history.replaceState(null, '', address);
}
