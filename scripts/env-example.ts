/* Writes .env.example from the table of the environment; with --check it only compares. */
import { renderEnvExample } from '../src/config/render-env-example.js';
import { keepGenerated } from './keep-generated.js';

keepGenerated('.env.example', renderEnvExample(), 'npm run env-example');
