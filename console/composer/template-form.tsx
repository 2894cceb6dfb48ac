import { useEffect, useRef, useState } from 'preact/hooks';
import type { KnownTemplate } from '../../src/contract/index.js';
import {
  contentOf,
  type Filled,
  fieldsOf,
  nameOfField,
  type TemplateContent,
  type TemplateField,
} from '../desk/template-fields.js';
import { BackIcon } from '../ui/icons.js';
import { TemplatePreview } from './template-preview.js';

const groupNames: Record<TemplateField['group'], string> = {
  header: 'Header',
  body: 'Text',
  buttons: 'Buttons',
  variables: 'Variables',
};

interface TemplateFormProps {
  template: KnownTemplate;
  onSend: (template: TemplateContent) => void;
  onBack: (() => void) | undefined;
  onClose: () => void;
}

/** The blanks of a known template, and how it reads with them filled in. */
export function TemplateForm({ template, onSend, onBack, onClose }: TemplateFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [filled, setFilled] = useState<Filled>({});
  const fields = fieldsOf(template);
  const groups = [...new Set(fields.map(({ group }) => group))];
  useEffect(() => form.current?.querySelector<HTMLElement>('input, [type=submit]')?.focus(), []);
  return (
    <form
      ref={form}
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(contentOf(template.name, fields, filled));
      }}
    >
      <p class="template-name">
        <bdi>{template.name}</bdi>
        {template.language !== undefined && <span class="badge">{template.language}</span>}
        <button type="button" class="link" onClick={onBack}>
          <BackIcon /> Choose another
        </button>
      </p>
      <TemplatePreview template={template} fields={fields} filled={filled} />
      {groups.map((group) => (
        <fieldset class="blanks" key={group}>
          {groups.length > 1 && <legend>{groupNames[group]}</legend>}
          {fields
            .filter((field) => field.group === group)
            .map((field) => (
              <label class="field" key={nameOfField(field)}>
                <bdi>{field.label}</bdi>
                <input
                  required
                  // More than blanks.
                  pattern=".*\S.*"
                  dir="auto"
                  autoComplete="off"
                  maxLength={1_024}
                  value={filled[nameOfField(field)] ?? ''}
                  onInput={(event) =>
                    setFilled({ ...filled, [nameOfField(field)]: event.currentTarget.value })
                  }
                />
              </label>
            ))}
        </fieldset>
      ))}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Send
        </button>
      </footer>
    </form>
  );
}
