import path from 'node:path';
import type { Config } from '../../config/config.js';
import type { Secrets } from '../../config/secrets.js';
import { createSandbox } from '../../sandbox/index.js';
import { createTelemetry, type Telemetry } from '../../telemetry/telemetry.js';
import { loadConfigOrRefuse } from '../load-config-or-refuse.js';
import type { Bridge } from '../ports.js';
import { type StopSignal, stopSignal } from '../stop-signal.js';
import type { World } from '../world.js';
import { demoEnvironment } from './demo-environment.js';
import { type DemoLinks, demoLinksFile } from './demo-links.js';
import { furnish } from './furnish.js';
import { renderBanner } from './render-banner.js';
import { reservePorts } from './reserve-ports.js';

/** A WotNot and a bridge that know each other, until somebody stops them. */
export async function runDemo(world: World): Promise<number> {
  const asked = loadConfigOrRefuse(demoEnvironment(world.env));
  const ports = await reservePorts(asked.config);
  const { config, secrets } = loadConfigOrRefuse(demoEnvironment({ ...world.env, ...ports }));
  const telemetry = createTelemetry({ log: config.log, secretValues: secrets.values(), to: 'stderr' });
  const stopping = stopSignal(world);
  const forgetSurprises = world.onSurprise((where, error) => {
    telemetry.events.surprised({ where, error });
    stopping.raise(where);
  });
  const sandbox = createSandbox({
    port: config.sandbox.port,
    dataFile: path.join(config.dataDirectory, 'sandbox.jsonl'),
  });
  try {
    await sandbox.start();
    const reason = await withSandbox({ world, config, secrets, telemetry, sandbox, stopping });
    return reason === 'exception' || reason === 'rejection' ? 1 : 0;
  } finally {
    await sandbox.stop();
    forgetSurprises();
    stopping.forget();
    await telemetry.close();
  }
}

interface Stage {
  world: World;
  config: Config;
  secrets: Secrets;
  telemetry: Telemetry;
  sandbox: ReturnType<typeof createSandbox>;
  stopping: StopSignal;
}

async function withSandbox({ world, config, secrets, telemetry, sandbox, stopping }: Stage): Promise<string> {
  const file = demoLinksFile(config.dataDirectory);
  const before = file.take();
  const bridge: Bridge = await world.openBridge(config, secrets, telemetry, {
    visitorPage: `${sandbox.url}/chat`,
  });
  try {
    const { url } = await bridge.start(config.roles);
    const furnished = await furnish(bridge, config, sandbox, before);
    const links: DemoLinks = {
      bridgeUrl: url,
      sandboxUrl: sandbox.url,
      sandboxToken: sandbox.token,
      sandboxAccountId: sandbox.accountId,
      ...furnished,
    };
    file.keep(links);
    world.print(renderBanner(links, file.path));
    return await stopping.wait;
  } finally {
    await bridge.stop();
  }
}
