import type { RegisterOutcome } from '../connector.js';

/** RT has no API for webhooks: an administrator pastes our Scrip. */
export function register(): RegisterOutcome {
  return {
    outcome: 'by_hand',
    message:
      'Request Tracker is told where to send its webhooks by a Scrip that an administrator pastes: step 8 of docs/connectors/request-tracker.md, with this URL and this token. Until then the bridge looks for answers by itself, every few seconds.',
  };
}
