import { campaignOfWeather } from '../lab/weather.js';

/** 64 kbit a second between the bridge and its database. */
export const campaign = campaignOfWeather({
  name: 'database-thin-wire',
  ids: ['F24', 'F49'],
  shortSeconds: 8,
  longSeconds: 30,
  begin: async ({ wire }) => {
    wire.shape({ bytesPerSecond: 8_000 });
    return () => wire.restore();
  },
});
