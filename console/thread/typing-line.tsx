import { useDesk } from '../ui/desk-context.js';

/** Another agent is writing here: two answers to one question confuse a contact. */
export function TypingLine({ conversationId }: { conversationId: string }) {
  const { desk } = useDesk();
  const typing = desk.typing.value;
  if (typing === undefined || typing.conversationId !== conversationId) return null;
  return (
    <p class="typing" role="status" key={typing.at}>
      <bdi>{typing.name}</bdi> is writing…
    </p>
  );
}
