import { campaignOfBlows } from '../lab/blows.js';

/** kill -9 of PostgreSQL, all of it, under load. */
export const campaign = campaignOfBlows('database-kill', ['F20'], 6, [
  async ({ postgres }) => {
    await postgres.kill();
    await postgres.start();
  },
]);
