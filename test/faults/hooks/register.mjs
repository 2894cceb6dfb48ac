/*
 * `node --import …/register.mjs dist/src/main.js`: the built product with some of its modules tampered with as they
 * are loaded, as FAULTS_TAMPERING says. Nothing of this is in the product itself.
 */
import { register } from 'node:module';

const tampering = JSON.parse(process.env.FAULTS_TAMPERING ?? '{}');
register('./load.mjs', import.meta.url, { data: { tampering } });
