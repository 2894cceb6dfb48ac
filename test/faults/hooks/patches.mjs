const ANYBODY_TAKES = {
  from: 'AND (lease_until IS NULL OR lease_until < now()\n            OR (lease_owner =',
  to: 'AND (true OR (lease_owner =',
};

/** Builds broken on purpose by a change of their text; the suite must find each of them out. */
export const patches = {
  'locks the message, not the lane': [
    // Nobody is kept from a lane …
    { module: 'store/take-lanes.js', ...ANYBODY_TAKES },
    {
      module: 'store/take-lanes.js',
      // … and whoever comes second gets the second message.
      from: "AND d.state IN ('waiting', 'sending', 'uncertain') AND (d.state <> 'uncertain' OR (NOT",
      to: "AND d.state IN ('waiting', 'uncertain') AND (d.state <> 'uncertain' OR (NOT",
    },
  ],
  'no lease and no fence': [
    { module: 'store/take-lanes.js', ...ANYBODY_TAKES },
    {
      module: 'store/take-lanes.js',
      from: 'FOR UPDATE SKIP LOCKED\n      ) l\n',
      to: 'FOR UPDATE\n      ) l\n',
    },
    {
      module: 'store/take-lanes.js',
      from: "WHERE h.state = 'waiting'",
      to: "WHERE h.state IN ('waiting', 'sending')",
    },
    { module: 'store/outbox.js', from: 'row.state === "sending" || row.state', to: 'row.state' },
  ],
};
