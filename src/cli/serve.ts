import { createTelemetry, type Telemetry } from '../telemetry/telemetry.js';
import { explainFailure } from './explain-failure.js';
import { loadConfigOrRefuse } from './load-config-or-refuse.js';
import type { Bridge } from './ports.js';
import { stopSignal } from './stop-signal.js';
import { version } from './version.js';
import type { World } from './world.js';

/** Who came to harm is soon gone, and started again by whoever watches over it: half dead is worse than dead. */
const HARMED_SECONDS = 3;
const GONE_SECONDS = 5;

/** The bridge as a process: starts the roles that the environment asks for and drains on SIGTERM. */
export async function serve(world: World): Promise<number> {
  const { config, secrets, warnings } = loadConfigOrRefuse(world.env);
  const telemetry = createTelemetry({ log: config.log, secretValues: secrets.values() });
  const stopping = stopSignal(world);
  let lastResort: NodeJS.Timeout | undefined;
  const forgetSurprises = world.onSurprise((where, error) => {
    telemetry.events.surprised({ where, error });
    // Whatever hangs: the start, or the stop.
    lastResort ??= setTimeout(() => world.exit(1), GONE_SECONDS * 1_000);
    stopping.raise(where);
  });
  try {
    for (const warning of warnings) telemetry.events.configWarned({ warning });
    const startedAt = performance.now();
    const bridge = await world.openBridge(config, secrets, telemetry);
    try {
      const { url } = await bridge.start(config.roles);
      telemetry.events.processStarted({
        version,
        address: url,
        roles: config.roles,
        database: config.database.kind,
        milliseconds: Math.round(performance.now() - startedAt),
      });
    } catch (error) {
      await bridge.stop();
      throw error;
    }
    const reason = await stopping.wait;
    telemetry.events.processStopping({ reason });
    const cameToHarm = reason === 'exception' || reason === 'rejection';
    const seconds = cameToHarm ? Math.min(HARMED_SECONDS, config.shutdownSeconds) : config.shutdownSeconds;
    const inTime = await drain(bridge, telemetry, seconds);
    if (!inTime) world.exit(1);
    return cameToHarm || !inTime ? 1 : 0;
  } catch (error) {
    const sentence = explainFailure(error);
    if (sentence === undefined) telemetry.events.surprised({ where: 'start', error });
    else world.complain(sentence);
    return 1;
  } finally {
    forgetSurprises();
    stopping.forget();
    clearTimeout(lastResort);
    await telemetry.close();
  }
}

/** Stops within its time; false when something did not let go. */
async function drain(bridge: Bridge, telemetry: Telemetry, seconds: number): Promise<boolean> {
  const from = performance.now();
  let timer: NodeJS.Timeout | undefined;
  // A second beyond what the rooms themselves allow, so that theirs ends first.
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), (seconds + 1) * 1_000);
  });
  const inTime = await Promise.race([bridge.stop().then(() => true), late]);
  clearTimeout(timer);
  telemetry.events.processStopped({ milliseconds: Math.round(performance.now() - from), inTime });
  return inTime;
}
