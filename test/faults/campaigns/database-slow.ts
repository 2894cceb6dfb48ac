import { campaignOfWeather } from '../lab/weather.js';

/** Every answer of the database half a second late. */
export const campaign = campaignOfWeather({
  name: 'database-slow',
  ids: ['F24'],
  shortSeconds: 8,
  longSeconds: 30,
  begin: async ({ wire }) => {
    wire.shape({ latencyMilliseconds: 250 });
    return () => wire.restore();
  },
});
