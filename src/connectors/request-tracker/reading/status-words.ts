import type { StatusWords } from '../../desk-kit/index.js';

/** RT's default lifecycle; a lifecycle of one's own may have none of it. `deleted` is no status but the end of a ticket. */
export const statusWords: StatusWords = {
  desk: 'Request Tracker',
  standard: { new: 'new', open: 'open', stalled: 'pending', resolved: 'solved', rejected: 'solved' },
  hasStandard: false,
  usual: ['new', 'open', 'stalled', 'resolved'],
  word: /^\S.{0,63}$/su,
  wordIs: 'the name of a status of a lifecycle, of at most 64 characters',
};
