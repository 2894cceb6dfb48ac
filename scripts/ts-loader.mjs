/* Lets Node run the project's TypeScript as it is: `node --import ./scripts/ts-loader.mjs file.ts`. */
import { register } from 'node:module';

register('./ts-loader-hooks.mjs', import.meta.url);
process.setSourceMapsEnabled(true);
