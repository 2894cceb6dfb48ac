import { useDesk } from './desk-context.js';

/** Which helpdesk somebody wrote in; nothing for what was written here. */
export function OriginMark({ connectionId }: { connectionId: string | undefined }) {
  const { desk } = useDesk();
  if (connectionId === undefined) return null;
  const name = desk.connections.value.find(({ id }) => id === connectionId)?.name ?? 'a helpdesk';
  return (
    <span class="origin">
      from <bdi>{name}</bdi>
    </span>
  );
}
