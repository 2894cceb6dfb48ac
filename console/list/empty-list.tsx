import { everythingOpen } from '../desk/matches-filter.js';
import { useDesk } from '../ui/desk-context.js';
import { ArchIcon } from '../ui/icons.js';
import { OutsideLink } from '../ui/outside-link.js';

export function EmptyList() {
  const { desk } = useDesk();
  const { list } = desk;
  const { status, whose, channel, slaBreached, q } = list.filter.value;
  const isFiltered =
    whose !== 'all' || channel !== '' || slaBreached || q.trim() !== '' || status === 'closed';
  if (isFiltered || list.known.value.size > 0) {
    return (
      <div class="empty">
        <p>{isFiltered ? 'No conversation fits these filters.' : 'Nothing open. All done.'}</p>
        {isFiltered && (
          <button type="button" class="button" onClick={() => void list.choose({ ...everythingOpen, q })}>
            Show everything open
          </button>
        )}
      </div>
    );
  }
  const { visitorPage } = desk.hints.value;
  return (
    <div class="empty">
      <ArchIcon class="empty-arch" />
      <h2>No conversations yet</h2>
      {visitorPage === undefined ? (
        <p>As soon as a contact writes, the conversation appears here by itself.</p>
      ) : (
        <>
          <p>Open the visitor’s page in another window and say hello. You answer here.</p>
          <OutsideLink class="button primary" url={visitorPage}>
            Open the visitor’s page
          </OutsideLink>
        </>
      )}
    </div>
  );
}
