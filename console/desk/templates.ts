import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Connection, Fact, KnownTemplate, Message } from '../../src/contract/index.js';

const NAME = 'agent-desk.templates';

interface UsedTemplate {
  connectionId: string;
  template: KnownTemplate;
}

/**
 * The templates to pick from, by connection: those that its settings name, and behind them those that this tab has
 * seen used. Of the latter it keeps what they ask for, never what was filled in.
 */
export function createTemplates(
  connections: ReadonlySignal<readonly Connection[]>,
  storage: Storage | undefined,
) {
  const used = signal<readonly UsedTemplate[]>(restore(storage));
  const known = computed(() => new Map(connections.value.map(({ id, templates = [] }) => [id, templates])));

  function learn(connectionId: string, { template, state }: Message): void {
    // What was refused is no template to offer.
    if (template === undefined || state !== 'sent') return;
    const isKept = used.value.some(
      (one) => one.connectionId === connectionId && one.template.name === template.name,
    );
    if (isKept) return;
    used.value = [...used.value, { connectionId, template: shapeOf(template) }].slice(-100);
    storage?.setItem(NAME, JSON.stringify(used.value));
  }

  return {
    learn,
    hear: ({ conversation, data }: Fact) => {
      if (conversation !== undefined && 'message' in data) learn(conversation.connectionId, data.message);
    },
    of: (connectionId: string): KnownTemplate[] => {
      const named = known.value.get(connectionId) ?? [];
      const seen = used.value
        .filter((one) => one.connectionId === connectionId)
        .map(({ template }) => template)
        .filter(({ name }) => !named.some((template) => template.name === name));
      return [...named, ...seen];
    },
  };
}

function shapeOf({ name, parameters, variables }: NonNullable<Message['template']>): KnownTemplate {
  const numbered = (values: readonly string[] = []): string[] =>
    values.map((_, index) => `Parameter ${index + 1}`);
  const keys = Object.keys(parameters?.buttons ?? {});
  return {
    name,
    parameters: {
      header: numbered(parameters?.header),
      body: numbered(parameters?.body),
      buttons: Object.fromEntries(keys.map((key) => [key, key])),
    },
    variables: Object.keys(variables ?? {}),
  };
}

function restore(storage: Storage | undefined): UsedTemplate[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? (kept as UsedTemplate[]) : [];
  } catch {
    return [];
  }
}
