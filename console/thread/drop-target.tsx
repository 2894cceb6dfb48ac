import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { attachFiles } from '../composer/attach-files.js';
import { useDesk } from '../ui/desk-context.js';

/** A file dropped anywhere on the conversation is attached to the reply. */
export function DropTarget({
  conversationId,
  children,
}: {
  conversationId: string;
  children: ComponentChildren;
}) {
  const { desk } = useDesk();
  const [isOver, setIsOver] = useState(false);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  return (
    <div
      class={`drop ${isOver ? 'drop-over' : ''}`}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        const isClosed = desk.open.peek()?.conversation.peek()?.status === 'closed';
        if (isClosed) desk.notices.tell('The conversation is closed. It takes notes, and no files.');
        else attachFiles(desk, conversationId, event.dataTransfer?.files ?? []);
      }}
    >
      {children}
      {isOver && (
        <div class="drop-sign" aria-hidden="true">
          Let go to attach
        </div>
      )}
    </div>
  );
}
