import { LinkedText } from '../ui/linked-text.js';

/** Names in snake_case may break after a line, and only there. */
const breakable = (name: string): string => name.replaceAll('_', '_\u200b');

/** What the bot has asked for and what programs have written down. */
export function VariableList({ title, variables }: { title: string; variables: Record<string, string> }) {
  const entries = Object.entries(variables).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <section class="card">
      <h3>{title} variables</h3>
      <dl class="pairs">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt dir="auto">{breakable(name)}</dt>
            <dd dir="auto">
              <LinkedText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
