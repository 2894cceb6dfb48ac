import pg from 'pg';
import { campaignOfWeather } from '../lab/weather.js';

const STRANGERS = 12;

/** Others have taken every place that the server has, and the bridge's own sessions are ended. */
export const campaign = campaignOfWeather({
  name: 'database-crowded',
  ids: ['F25'],
  shortSeconds: 6,
  longSeconds: 20,
  isDark: true,
  // Three places are the superuser's alone, and the bridge's role is one here: so others fill these too.
  postgres: {
    settings: { max_connections: STRANGERS, superuser_reserved_connections: 0, max_wal_senders: 0 },
  },
  env: { DATABASE_POOL_SIZE: '4' },
  begin: async ({ postgres, wire }) => {
    wire.refuse(true);
    await postgres.terminate('desk-bridge:');
    const strangers: pg.Client[] = [];
    for (let n = 0; n < STRANGERS; n += 1) {
      const stranger = new pg.Client({ connectionString: postgres.url() });
      stranger.on('error', () => undefined);
      // The last ones may find every place taken already.
      await stranger.connect().then(
        () => strangers.push(stranger),
        () => undefined,
      );
    }
    wire.refuse(false);
    return async () => {
      await Promise.all(strangers.map((stranger) => stranger.end()));
    };
  },
});
