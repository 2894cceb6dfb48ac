import { useEffect, useRef } from 'preact/hooks';
import { askSandbox } from './ask-sandbox.js';
import type { Talk } from './talk.js';

/** Report what has been shown, and counts in the title what came while the visitor looked elsewhere. */
export function useSeen(talk: Talk): void {
  const reported = useRef(new Map<string, 'delivered' | 'read'>());
  const report = useRef<() => void>(() => undefined);
  report.current = () => {
    const { view } = talk;
    if (!view) return;
    const isRead = document.visibilityState === 'visible';
    const receipt = isRead ? 'read' : 'delivered';
    const others = [...talk.messages.values()].filter((message) => message.from !== 'visitor');
    const unread = others.filter(({ id }) => !isRead && reported.current.get(id) !== 'read').length;
    document.title = `${unread > 0 ? `(${unread}) ` : ''}Fern & Fable · Sandbox`;
    const ids = others
      .filter(
        ({ id, file, receipt: known }) =>
          file?.state !== 'fetching' &&
          known !== 'read' &&
          known !== 'failed' &&
          known !== receipt &&
          reported.current.get(id) !== receipt,
      )
      .map(({ id }) => id);
    if (ids.length === 0) return;
    for (const id of ids) reported.current.set(id, receipt);
    void askSandbox('POST', `/chat/api/conversations/${encodeURIComponent(view.id)}/seen`, { ids, isRead });
  };
  useEffect(() => report.current(), [talk]);
  useEffect(() => {
    const look = (): void => report.current();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
}
