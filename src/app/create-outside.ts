import type { Config } from '../config/config.js';
import { createChatwootConnector } from '../connectors/chatwoot/index.js';
import type { Connector } from '../connectors/connector.js';
import { createFreshdeskConnector } from '../connectors/freshdesk/index.js';
import { type Counting, createFetchOutside } from '../connectors/http-client/index.js';
import { createRegistry } from '../connectors/registry.js';
import { createRequestTrackerConnector } from '../connectors/request-tracker/index.js';
import { createWebhookConnector } from '../connectors/webhook/index.js';
import { createWotNotConnector } from '../connectors/wotnot/index.js';
import { createZendeskConnector } from '../connectors/zendesk/index.js';
import { MOST_FILE_BYTES } from '../desk/store-file.js';

const FILE_DEADLINE_SECONDS = 30;

/** Everything that leads out of the house: a connector for each kind of system, and files by their URL. */
export function createOutside(config: Config, standIns: Connector[], counting: Counting) {
  const allowPrivate = config.outside.allowPrivateUrls;
  const ours = [
    createWotNotConnector({ allowPrivate }),
    createZendeskConnector({ allowPrivate, counting }),
    createRequestTrackerConnector({ allowPrivate }),
    createChatwootConnector({ allowPrivate, counting }),
    createFreshdeskConnector({ allowPrivate, counting }),
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
