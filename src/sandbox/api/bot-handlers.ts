import type { WotNotRequest } from '../../wotnot/index.js';
import { newKey } from '../new-key.js';
import { nextNumber } from '../records.js';
import type { Bot } from '../rows.js';
import { timestamp } from '../timestamp.js';
import type { World } from '../world.js';
import { refuse, succeed } from './api-answer.js';
import type { ApiRequest, Handler } from './api-request.js';

/** The plan's limit. */
const mostBots = 10;

const ofChannel = (bot: Bot) => ({ name: bot.channel });

export const createBot: Handler = (world, request) => {
  const given = request.body as WotNotRequest<'create-bot'>;
  const { bots } = world.records;
  if (bots.size >= mostBots) return refuse('MAXIMUM_BOTS_LIMIT_REACHED');
  const model = given.template_id === undefined ? undefined : bots.get(String(given.template_id));
  if (given.template_id !== undefined && !model) return refuse('BOT_NOT_FOUND');
  const id = nextNumber(world.records, 'bot', 9_633);
  bots.put(String(id), {
    id,
    key: newKey(),
    previewKey: newKey(),
    title: given.name,
    channel: given.channel,
    flow: model?.flow ?? { nodes: [], edges: [] },
    isDeployed: false,
    deployedAt: null,
    createdAt: world.now().toISOString(),
  });
  return succeed({ id });
};

function findBot(world: World, request: ApiRequest): Bot | undefined {
  return world.records.bots.get(request.parameters['bot_id'] ?? '');
}

const flowOf = (bot: Bot) => ({
  data: bot.flow,
  is_deployed: bot.isDeployed,
  last_deployed_at: bot.deployedAt === null ? null : timestamp(bot.deployedAt),
});

export const getBotFlow: Handler = (world, request) => {
  const bot = findBot(world, request);
  return bot ? succeed(flowOf(bot)) : refuse('BOT_NOT_FOUND');
};

export const deployBotFlow: Handler = (world, request) => {
  const { flow_diagram: flow } = request.body as WotNotRequest<'deploy-bot-flow'>;
  const bot = findBot(world, request);
  if (!bot) return refuse('BOT_NOT_FOUND');
  const deployed = { ...bot, flow, isDeployed: true, deployedAt: world.now().toISOString() };
  return succeed(flowOf(world.records.bots.put(String(bot.id), deployed)));
};

export const listBots: Handler = (world) => {
  const bots = world.records.bots.all().map((bot, index) => ({
    bot_title: bot.title,
    channels: [ofChannel(bot)],
    is_active: bot.isDeployed,
    bot_key: bot.key,
    last_deployed_at: bot.deployedAt === null ? null : timestamp(bot.deployedAt),
    is_inactive_by_system: false,
    priority: index + 1,
    preferred_bot_language: { label: 'English', code: 'EN' },
    type: 'inbound',
    outbound_type: null,
    bot_owner: { id: 14_764, name: 'Ada Fern', email: 'ada@fern.example' },
    created_at: timestamp(bot.createdAt),
    preview_key: bot.previewKey,
    bot_id: bot.id,
  }));
  return succeed({ bots });
};
