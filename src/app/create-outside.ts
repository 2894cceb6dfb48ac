import type { Config } from '../config/config.js';
import { createChatwootConnector } from '../connectors/chatwoot/index.js';
import type { Connector } from '../connectors/connector.js';
import { createFreshdeskConnector } from '../connectors/freshdesk/index.js';
import { createFetchOutside } from '../connectors/http-client/index.js';
import { createRegistry } from '../connectors/registry.js';
import { createRequestTrackerConnector } from '../connectors/request-tracker/index.js';
import { createWebhookConnector } from '../connectors/webhook/index.js';
import { createWotNotConnector } from '../connectors/wotnot/index.js';
import { createZendeskConnector } from '../connectors/zendesk/index.js';
import { MOST_FILE_BYTES } from '../desk/store-file.js';

const FILE_DEADLINE_SECONDS = 30;

/**
 * Everything that leads out of the house: a connector for each kind of system, and files by their URL. `now`: the steady
 * clock, in milliseconds, by which calls are counted.
 */
export function createOutside(config: Config, standIns: Connector[], now?: () => number) {
  const allowPrivate = config.outside.allowPrivateUrls;
  const ours = [
    createWotNotConnector({ allowPrivate }),
    createZendeskConnector({ allowPrivate, now }),
    createRequestTrackerConnector({ allowPrivate }),
    createChatwootConnector({ allowPrivate, now }),
    createFreshdeskConnector({ allowPrivate, now }),
    createWebhookConnector({ allowPrivate }),
  ];
  const fetchOutside = createFetchOutside({
    ownHosts: allowPrivate ? [] : [new URL(config.http.publicUrl).hostname],
  });
  return {
    connectors: createRegistry([...ours, ...standIns]),
    /** At most 25 MB, from where anybody could. */
    fetchFile: (url: string, name?: string) =>
      fetchOutside(url, {
        maxBytes: MOST_FILE_BYTES,
        deadlineSeconds: FILE_DEADLINE_SECONDS,
        allowPrivate,
        ...(name === undefined ? {} : { name }),
      }),
    stop(): void {
      for (const connector of ours) connector.stop();
    },
  };
}
