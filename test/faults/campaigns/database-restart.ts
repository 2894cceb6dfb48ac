import { campaignOfBlows } from '../lab/blows.js';

/** Stopped at once, restarted, sessions ended by an administrator, connections reset. */
export const campaign = campaignOfBlows('database-restart', ['F21'], 8, [
  async ({ postgres }) => {
    await postgres.stop('immediate');
    await postgres.start();
  },
  async ({ postgres }) => {
    await postgres.stop('fast');
    await postgres.start();
  },
  async ({ postgres }) => {
    await postgres.terminate('desk-bridge:');
  },
  async ({ wire }) => {
    wire.reset();
  },
]);
