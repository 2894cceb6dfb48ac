export { createFetchOutside, type Fetched, type FetchOptions, type FetchOutside } from './fetch-outside.js';
