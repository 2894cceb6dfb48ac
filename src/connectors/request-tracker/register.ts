import type { RegisterOutcome } from '../connector.js';

/** RT has no API for webhooks: an administrator pastes our Scrip. */
export function register(): RegisterOutcome {
  return {
    outcome: 'refused',
    code: 'webhook_by_hand',
    message:
      'Request Tracker is told by hand where to send its webhooks: paste the Scrip of docs/connectors/request-tracker.md with this webhook URL and token. Until then the bridge looks every few seconds by itself.',
  };
}
