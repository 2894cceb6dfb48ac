import { useState } from 'preact/hooks';
import type { KnownTemplate } from '../../src/contract/index.js';
import { fieldsOf, fillWords } from '../desk/template-fields.js';
import { focusOnce } from '../ui/focus-once.js';
import { PlusIcon, TemplateIcon } from '../ui/icons.js';

interface TemplateChoiceProps {
  templates: readonly KnownTemplate[];
  onChoose: (template: KnownTemplate) => void;
  onByHand: () => void;
}

export function TemplateChoice({ templates, onChoose, onByHand }: TemplateChoiceProps) {
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const fitting = templates.filter((template) =>
    `${template.name} ${template.language ?? ''} ${textOf(template)}`.toLowerCase().includes(wanted),
  );
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const [first] = fitting;
        if (first !== undefined && wanted !== '') onChoose(first);
      }}
    >
      <label class="field">
        <span>Find a template by its name or its words</span>
        <input
          ref={focusOnce}
          autofocus
          value={words}
          dir="auto"
          autoComplete="off"
          maxLength={200}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </label>
      {fitting.length === 0 && <p class="muted">No template fits.</p>}
      <ul class="choices">
        {fitting.map((template) => (
          <li key={template.name}>
            <button type="button" class="choice" onClick={() => onChoose(template)}>
              <span class="file-icon">
                <TemplateIcon />
              </span>
              <span class="choice-words">
                <span class="choice-name">
                  <bdi>{template.name}</bdi>
                  {template.language !== undefined && <span class="badge">{template.language}</span>}
                </span>
                <span class="muted choice-text" dir="auto">
                  {textOf(template) || 'Its words are not known here.'}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <footer class="dialog-foot dialog-foot-start">
        <button type="button" class="link" onClick={onByHand}>
          <PlusIcon /> Another template, by its name
        </button>
      </footer>
    </form>
  );
}

/** Its first words that say something, with the name of what goes into each place. */
function textOf(template: KnownTemplate): string {
  const group = template.words?.body === undefined ? 'header' : 'body';
  const labels = fieldsOf(template).filter((field) => field.group === group);
  const pieces = fillWords(
    template.words?.[group] ?? '',
    () => '',
    (number) => `[${labels[number - 1]?.label ?? number}]`,
  );
  return pieces.map(({ text }) => text).join('');
}
