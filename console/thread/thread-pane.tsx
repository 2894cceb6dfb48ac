import { Composer } from '../composer/composer.js';
import { useDesk } from '../ui/desk-context.js';
import { ArchIcon } from '../ui/icons.js';
import { LineBanner } from '../ui/line-banner.js';
import { DropTarget } from './drop-target.js';
import { PausedBanner } from './paused-banner.js';
import { ThreadHead } from './thread-head.js';
import { ThreadScroll } from './thread-scroll.js';

export function ThreadPane() {
  const { desk } = useDesk();
  const thread = desk.open.value;
  if (thread === undefined) {
    return (
      <main class="thread-pane thread-none">
        <LineBanner />
        <ArchIcon class="empty-arch" />
        <p>Choose a conversation to read and answer it.</p>
        <p class="muted">
          <kbd>j</kbd> <kbd>k</kbd> to move, <kbd>/</kbd> to search
        </p>
      </main>
    );
  }
  return (
    <main class="thread-pane" aria-label="Conversation">
      <DropTarget conversationId={thread.conversationId}>
        <ThreadHead thread={thread} />
        <LineBanner />
        <PausedBanner thread={thread} />
        {thread.state.value === 'failed' ? (
          <div class="empty" role="alert">
            <p>{thread.problem.value}</p>
            <button type="button" class="button" onClick={() => void thread.load()}>
              Try again
            </button>
          </div>
        ) : (
          <ThreadScroll thread={thread} />
        )}
        {thread.state.value !== 'failed' && <Composer conversationId={thread.conversationId} />}
      </DropTarget>
    </main>
  );
}
