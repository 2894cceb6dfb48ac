import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Thread } from '../desk/thread.js';
import { useDesk } from '../ui/desk-context.js';
import { DownIcon } from '../ui/icons.js';
import { OutgoingBubble } from './outgoing-bubble.js';
import { ThreadEntries } from './thread-entries.js';
import { TypingLine } from './typing-line.js';

/** How near to the end counts as being there, in pixels. */
const NEAR = 80;

/** Stays at the newest while the reader is there, and stays where the reader is otherwise. */
export function ThreadScroll({ thread }: { thread: Thread }) {
  const { desk } = useDesk();
  const scroll = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const fromEnd = useRef<number | undefined>(undefined);
  const [hasNews, setHasNews] = useState(false);

  const entries = thread.ordered.value;
  const waiting = desk.outgoing.items.value.filter(
    ({ conversationId }) => conversationId === thread.conversationId,
  );
  const last = entries.at(-1)?.id;
  const first = entries[0]?.id;

  const toEnd = (): void => {
    const box = scroll.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
    setHasNews(false);
  };

  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
    else setHasNews(true);
  }, [last]);
  useLayoutEffect(toEnd, [waiting.length > 0, waiting.at(-1)?.key]);
  useLayoutEffect(() => {
    // Older messages came in above: the reader keeps the place, counted from the end.
    const box = scroll.current;
    if (box !== null && fromEnd.current !== undefined) box.scrollTop = box.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
  }, [first]);
  useEffect(() => {
    // Pictures and a growing composer change heights without a new message, and a banner above moves the top down.
    let top = scroll.current?.getBoundingClientRect().top ?? 0;
    const observer = new ResizeObserver(() => {
      const box = scroll.current;
      if (box === null) return;
      const before = top;
      top = box.getBoundingClientRect().top;
      if (isAtEnd.current) toEnd();
      else if (top !== before) box.scrollTop += top - before;
    });
    if (content.current !== null) observer.observe(content.current);
    if (scroll.current !== null) observer.observe(scroll.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const box = scroll.current;
    if (box === null) return;
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (isAtEnd.current && hasNews) setHasNews(false);
    if (box.scrollTop < 200 && thread.older.value === 'more') {
      fromEnd.current = box.scrollHeight - box.scrollTop;
      void thread.loadOlder();
    }
  };

  return (
    <div class="thread-frame">
      <div
        class="thread-scroll"
        ref={scroll}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="Messages"
      >
        <div class="thread-content" ref={content}>
          {thread.older.value !== 'none' && (
            <button type="button" class="load-more" onClick={() => void thread.loadOlder()}>
              {thread.older.value === 'loading' ? 'Loading…' : 'Older messages'}
            </button>
          )}
          {thread.state.value === 'loading' && <div class="thread-wait" aria-hidden="true" />}
          <ThreadEntries entries={entries} />
          <ol class="entries entries-waiting">
            {waiting.map((item) => (
              <OutgoingBubble key={item.key} item={item} />
            ))}
          </ol>
          <TypingLine conversationId={thread.conversationId} />
        </div>
      </div>
      {hasNews && (
        <button type="button" class="to-end" onClick={toEnd}>
          <DownIcon /> New messages
        </button>
      )}
    </div>
  );
}
