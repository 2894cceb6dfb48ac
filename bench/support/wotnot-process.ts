/* A far side in a process of its own, so that it takes nothing from whoever measures. */
import { startWotNot } from './wotnot-stand-in.js';
import './end-with-parent.js';

const { url } = await startWotNot();
process.send?.({ url });
process.once('SIGTERM', () => process.exit());
