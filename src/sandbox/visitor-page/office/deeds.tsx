import { DeedForm } from './deed-form.jsx';
import { assigneeName, type OfficeConversation, type OfficeOverview } from './office-view.js';

interface Props {
  conversation: OfficeConversation;
  overview: OfficeOverview;
  by: string;
  act: (deed: string, fields: Record<string, unknown>) => Promise<boolean>;
}

function currentAssignee({ assignee }: OfficeConversation): string {
  if (assignee.type === 'agent') return assignee.email ?? '';
  return assignee.type === 'team' ? (assignee.name ?? '') : assignee.type;
}

/** Everything that WotNot's own screens could do to the conversation. */
export function Deeds({ conversation, overview, by, act }: Props) {
  const isOpen = conversation.status === 'open';
  return (
    <div class="deeds">
      <label class="deed">
        <span>Assigned to</span>
        <select
          value={currentAssignee(conversation)}
          disabled={!isOpen}
          onChange={(event) => void act('assign', { to: event.currentTarget.value, by })}
        >
          <option value="bot">Bot</option>
          <option value="nobody">Nobody</option>
          <optgroup label="Teams">
            {overview.teams.map((team) => (
              <option key={team} value={team}>
                {team}
              </option>
            ))}
          </optgroup>
          <optgroup label="Agents">
            {overview.users.map(({ email, name }) => (
              <option key={email} value={email}>
                {name}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <div class="deed-row">
        <button type="button" class="secondary" disabled={!isOpen} onClick={() => void act('close', { by })}>
          Close
        </button>
        <button type="button" class="secondary is-warning" onClick={() => void act('sla-breach', { by })}>
          Breach the SLA
        </button>
      </div>
      <DeedForm
        label="Add a note"
        button="Add note"
        fields={[{ name: 'text', label: 'Note, among agents only', isLong: true }]}
        onDo={(fields) => act('note', { ...fields, by })}
      />
      <DeedForm
        label="Add a label"
        button="Add label"
        fields={[{ name: 'name', label: 'Label' }]}
        onDo={(fields) => act('label', { ...fields, by })}
      />
      <DeedForm
        label="Set a variable"
        button="Set variable"
        fields={[
          { name: 'name', label: 'Variable' },
          { name: 'value', label: 'Value' },
        ]}
        onDo={(fields) => act('variable', { ...fields, by })}
      />
      <dl class="facts">
        <dt>Assignee</dt>
        <dd>{assigneeName(conversation.assignee)}</dd>
        <dt>Channel</dt>
        <dd>{conversation.channel}</dd>
        <dt>Labels</dt>
        <dd>{conversation.labels.map(({ name }) => name).join(', ') || 'none'}</dd>
        <dt>Variables</dt>
        <dd>
          {conversation.variables.map(({ name, value }) => `${name} = ${String(value)}`).join(', ') || 'none'}
        </dd>
        <dt>Notes</dt>
        <dd>{conversation.notes.map(({ text }) => text).join(' · ') || 'none'}</dd>
        <dt>Id</dt>
        <dd>
          <code>{conversation.id}</code>
        </dd>
      </dl>
    </div>
  );
}
