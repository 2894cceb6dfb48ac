import path from 'node:path';
import type { DemoLinks } from './demo-links.js';

/** What a newcomer reads first: what to open, and where everything else is. */
export function renderBanner(links: DemoLinks, file: string): string {
  const { desk } = links;
  const agent =
    desk === undefined
      ? `2  Be the agent      ${links.agent.signInUrl}

     Write as the customer and ask for a human; answer as the agent.`
      : `2  Be the agent      ${desk.url}

     Write as the customer and ask for a human: the chat becomes a ticket. Answer it there.

     The bridge's console   ${links.agent.signInUrl}`;
  return `
  agent-desk-bridge · demo

  1  Be the customer   ${links.sandboxUrl}/chat
  ${agent}

     WotNot's back office   ${links.sandboxUrl}/office
     The API, to read       ${links.bridgeUrl}/docs
     Key, tokens, URLs      ${shortest(file)}

  Ctrl-C stops it. What was said stays for the next run.
`;
}

/** As one would type it here. */
function shortest(file: string): string {
  const relative = path.relative('.', file);
  return relative.startsWith('..') ? file : relative;
}
