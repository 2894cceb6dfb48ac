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
import { furnishDesk, leaveDesk } from './furnish-desk.js';
import { renderBanner } from './render-banner.js';
import { reservePorts } from './reserve-ports.js';
import { startTinyDesk } from './start-tiny-desk.js';

/** A WotNot and a bridge that know each other, a tiny desk where it is asked for, until somebody stops them. */
export async function runDemo(world: World, { withDesk }: { withDesk: boolean }): Promise<number> {
  const asked = loadConfigOrRefuse(demoEnvironment(world.env));
  const ports = await reservePorts(asked.config, withDesk);
  const { config, secrets } = loadConfigOrRefuse(demoEnvironment({ ...world.env, ...ports }));
  const telemetry = createTelemetry({ log: config.log, secretValues: secrets.values(), to: 'stderr' });
  const stopping = stopSignal(world);
  const forgetSurprises = world.onSurprise((where, error) => {
    telemetry.events.surprised({ where, error });
    stopping.raise(where);
  });
  try {
    const reason = await withBridgeAndSandbox({ world, config, secrets, telemetry, stopping, withDesk });
    return reason === 'exception' || reason === 'rejection' ? 1 : 0;
  } finally {
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
  stopping: StopSignal;
  withDesk: boolean;
}

async function withBridgeAndSandbox(stage: Stage): Promise<string> {
  const { world, config, secrets, telemetry } = stage;
  const visitorPage = `http://127.0.0.1:${config.sandbox.port}/chat`;
  // First, as it takes the directory: a second demo in it ends here, and has touched nothing.
  const bridge = await world.openBridge(config, secrets, telemetry, { visitorPage });
  const sandbox = createSandbox({
    port: config.sandbox.port,
    dataFile: path.join(config.dataDirectory, 'sandbox.jsonl'),
  });
  try {
    await sandbox.start();
    return await show(stage, bridge, sandbox);
  } finally {
    await bridge.stop();
    await sandbox.stop();
  }
}

async function show(
  { world, config, stopping, withDesk }: Stage,
  bridge: Bridge,
  sandbox: ReturnType<typeof createSandbox>,
): Promise<string> {
  const file = demoLinksFile(config.dataDirectory);
  const before = file.take();
  const { url } = await bridge.start(config.roles);
  const { actor, ...furnished } = await furnish(bridge, config, sandbox, before);
  const links: DemoLinks = {
    bridgeUrl: url,
    sandboxUrl: sandbox.url,
    sandboxToken: sandbox.token,
    sandboxAccountId: sandbox.accountId,
    ...furnished,
  };
  if (!withDesk) await leaveDesk(bridge, actor);
  const desk = withDesk ? await startTinyDesk(world, await furnishDesk(bridge, config, actor)) : undefined;
  try {
    if (desk !== undefined) links.desk = { url: desk.url, connectionId: desk.connectionId };
    file.keep(links);
    world.print(renderBanner(links, file.path));
    return await stopping.wait;
  } finally {
    await desk?.stop();
  }
}
