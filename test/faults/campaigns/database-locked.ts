import pg from 'pg';
import { campaignOfWeather } from '../lab/weather.js';

/** A foreign transaction holds the inbox's table, as a careless migration would. */
export const campaign = campaignOfWeather({
  name: 'database-locked',
  ids: ['F26'],
  shortSeconds: 8,
  longSeconds: 30,
  isDark: true,
  begin: async ({ postgres }) => {
    const careless = new pg.Client({ connectionString: postgres.url('bridge') });
    await careless.connect();
    await careless.query('BEGIN');
    await careless.query('LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    return async () => {
      await careless.query('ROLLBACK');
      await careless.end();
    };
  },
});
