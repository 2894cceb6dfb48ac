const everything = {
  live_chat: { settings: true, full_access: true, human_handover: true },
  analytics: { full_access: true },
  support_ticket: { full_access: true },
  bot_builder: { full_access: true, read_only_access: true },
  ticket: { full_access: true },
  account_settings: {
    teammates: true,
    billing: true,
    variables: true,
    automation: true,
    csat: true,
    teams: true,
    events: true,
    settings: true,
    link_tracking: true,
  },
  ai_studio: { full_access: true },
  contacts: { full_access: true },
  app_market: { full_access: true },
  channel_configuration: {
    sms: { opt_out_management: true, configuration: true },
    web: {
      appearance: true,
      trigger_conditions: true,
      pop_up_messages: true,
      configuration: true,
      general_settings: true,
    },
    whatsapp: { templates: true, configuration: true },
    instagram: { configuration: true },
    facebook: { configuration: true },
    voice: { configuration: true },
    email: { templates: true, configuration: true },
  },
};

export interface Role {
  id: number;
  masterId: number;
  name: string;
  description: string;
  configuration: Record<string, unknown>;
}

export const roles: Role[] = [
  {
    id: 99,
    masterId: 2,
    name: 'admin',
    description: 'Has complete access to configure and manage every aspect of the platform.',
    configuration: everything,
  },
  {
    id: 100,
    masterId: 3,
    name: 'agent',
    description: 'Can chat with visitors and see their contacts.',
    configuration: {
      live_chat: { full_access: true, human_handover: true },
      contacts: { full_access: true },
    },
  },
];

export function findRole(id: string | number): Role | undefined {
  return roles.find((role) => String(role.id) === String(id));
}
