import { useEffect, useRef, useState } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';
import { ArchIcon } from '../ui/icons.js';
import { LineBanner } from '../ui/line-banner.js';
import { AccountMenu } from './account-menu.js';
import { ConnectionState } from './connection-state.js';
import { ConversationRow } from './conversation-row.js';
import { EmptyList } from './empty-list.js';
import { Filters } from './filters.js';

/** Rows are drawn a page at a time, as hundreds of conversations may be known and a dozen fit on the screen. */
const ROWS = 100;

export function ListPane() {
  const { desk, navigation } = useDesk();
  const { list } = desk;
  const conversations = list.shown.value;
  const [rows, setRows] = useState(ROWS);
  const hasMore = conversations.length > rows || list.nextCursor.value !== undefined;
  const isFirstLoad = list.state.value === 'loading' && conversations.length === 0;
  return (
    <section class="list-pane" aria-label="Conversations">
      <header class="list-head">
        <ArchIcon class="brand" />
        <div class="list-title">
          <h1>{desk.session.workspace.name}</h1>
          <ConnectionState />
        </div>
        <AccountMenu />
      </header>
      <Filters />
      <div class="list-scroll" aria-busy={isFirstLoad}>
        {list.state.value === 'failed' && (
          <p class="list-problem" role="alert">
            {list.problem.value}{' '}
            <button type="button" class="link" onClick={() => void list.load()}>
              Try again
            </button>
          </p>
        )}
        {isFirstLoad && <Skeleton />}
        {conversations.length === 0 && list.state.value === 'ready' && <EmptyList />}
        <ol class="rows">
          {conversations.slice(0, rows).map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              isOpen={navigation.conversation.value === conversation.id}
            />
          ))}
        </ol>
        {hasMore && (
          <LoadMore
            drawn={Math.min(rows, conversations.length)}
            onMore={() => {
              setRows(rows + ROWS);
              if (conversations.length < rows + ROWS) void list.loadMore();
            }}
          />
        )}
      </div>
      <LineBanner />
    </section>
  );
}

/** Asks for the next page as its place comes into view; it can also be pressed. */
function LoadMore({ drawn, onMore }: { drawn: number; onMore: () => void }) {
  const { desk } = useDesk();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const observer = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting) latest.current();
    });
    if (button.current !== null) observer.observe(button.current);
    return () => observer.disconnect();
    // Observed anew as rows came in, because a place that stays in view does not come into view.
  }, [drawn]);
  return (
    <button ref={button} type="button" class="load-more" onClick={onMore}>
      {desk.list.state.value === 'loading' ? 'Loading…' : 'More conversations'}
    </button>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: 6 }, (_, index) => (
        <div class="skeleton-row" key={index} />
      ))}
    </div>
  );
}
