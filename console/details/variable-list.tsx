import { LinkedText } from '../ui/linked-text.js';

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
            <dt dir="auto">{name}</dt>
            <dd dir="auto">
              <LinkedText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
