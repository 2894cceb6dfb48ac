const ANYBODY_TAKES = {
  from: 'AND (l.lease_until IS NULL OR l.lease_until < now()\n              OR (l.lease_owner =',
  to: 'AND (true OR (l.lease_owner =',
};

/** Builds broken on purpose by a change of their text; the suite must find each of them out. */
export const patches = {
  'locks the message, not the lane': [
    // Nobody is kept from a lane …
    { module: 'store/outbox.js', ...ANYBODY_TAKES },
    {
      module: 'store/outbox.js',
      // … and whoever comes second gets the second message.
      from: "AND d.state IN ('waiting', 'sending', 'uncertain') AND (d.state <> 'uncertain' OR (NOT",
      to: "AND d.state IN ('waiting', 'uncertain') AND (d.state <> 'uncertain' OR (NOT",
    },
  ],
  'no lease and no fence': [
    { module: 'store/outbox.js', ...ANYBODY_TAKES },
    {
      module: 'store/outbox.js',
      from: 'FOR UPDATE SKIP LOCKED\n        ), leased AS (',
      to: 'FOR UPDATE\n        ), leased AS (',
    },
    {
      module: 'store/outbox.js',
      from: "AND h.state = 'waiting'",
      to: "AND h.state IN ('waiting', 'sending')",
    },
    { module: 'store/outbox.js', from: 'row.state === "sending" || row.state', to: 'row.state' },
  ],
};
