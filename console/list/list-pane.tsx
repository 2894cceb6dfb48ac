import { useEffect, useRef } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';
import { ArchIcon } from '../ui/icons.js';
import { AccountMenu } from './account-menu.js';
import { ConnectionState } from './connection-state.js';
import { ConversationRow } from './conversation-row.js';
import { EmptyList } from './empty-list.js';
import { Filters } from './filters.js';

export function ListPane() {
  const { desk, navigation } = useDesk();
  const { list } = desk;
  const conversations = list.shown.value;
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
          {conversations.map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              isOpen={navigation.conversation.value === conversation.id}
            />
          ))}
        </ol>
        {list.nextCursor.value !== undefined && <LoadMore />}
      </div>
    </section>
  );
}

/** Asks for the next page as its place comes into view; it can also be pressed. */
function LoadMore() {
  const { desk } = useDesk();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting) void desk.list.loadMore();
    });
    if (button.current !== null) observer.observe(button.current);
    return () => observer.disconnect();
  }, [desk, desk.list.nextCursor.value]);
  return (
    <button ref={button} type="button" class="load-more" onClick={() => void desk.list.loadMore()}>
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
