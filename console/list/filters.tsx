import { useEffect, useRef, useState } from 'preact/hooks';
import type { Filter } from '../desk/matches-filter.js';
import { channelName } from '../ui/channel-name.js';
import { useDesk } from '../ui/desk-context.js';
import { ClockIcon, CloseIcon, SearchIcon } from '../ui/icons.js';

const whoses: readonly { value: Filter['whose']; name: string }[] = [
  { value: 'all', name: 'All' },
  { value: 'me', name: 'Mine' },
  { value: 'nobody', name: 'Unassigned' },
  { value: 'bot', name: 'Bot' },
];

export function Filters() {
  const { list } = useDesk().desk;
  const { whose, status, channel, slaBreached } = list.filter.value;
  return (
    <div class="filters" role="search">
      <SearchBox />
      <div class="segments" role="group" aria-label="Whose conversations">
        {whoses.map(({ value, name }) => (
          <button
            key={value}
            type="button"
            aria-pressed={whose === value}
            onClick={() => void list.choose({ whose: value })}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="filter-line">
        <select
          aria-label="Status"
          value={status}
          onChange={(event) => void list.choose({ status: event.currentTarget.value as Filter['status'] })}
        >
          <option value="open">Open</option>
          <option value="closed">Closed</option>
          <option value="all">Open and closed</option>
        </select>
        {(list.channels.value.length > 1 || channel !== '') && (
          <select
            aria-label="Channel"
            value={channel}
            onChange={(event) => void list.choose({ channel: event.currentTarget.value })}
          >
            <option value="">Every channel</option>
            {list.channels.value.map((name) => (
              <option key={name} value={name}>
                {channelName(name)}
              </option>
            ))}
          </select>
        )}
        <button
          type="button"
          class="toggle"
          aria-pressed={slaBreached}
          title="Only conversations whose SLA was breached"
          onClick={() => void list.choose({ slaBreached: !slaBreached })}
        >
          <ClockIcon /> SLA
        </button>
      </div>
    </div>
  );
}

/** Looks through what is on the screen at once, and asks the bridge when the typing rests. */
function SearchBox() {
  const { list } = useDesk().desk;
  const [words, setWords] = useState(list.filter.value.q);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (words === list.filter.peek().q) return;
    const timer = setTimeout(() => void list.choose({ q: words }), 220);
    return () => clearTimeout(timer);
  }, [words, list]);
  return (
    <div class="search">
      <SearchIcon />
      <input
        ref={input}
        type="search"
        data-focus="search"
        aria-label="Search conversations"
        placeholder="Search"
        title="Search ( / )"
        maxLength={200}
        dir="auto"
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      {words === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <button
          type="button"
          class="icon-button"
          aria-label="Clear the search"
          onClick={() => {
            setWords('');
            input.current?.focus();
          }}
        >
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
