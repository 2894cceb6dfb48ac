import { useState } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { CloseIcon, PlusIcon } from '../ui/icons.js';

interface TemplateDialogProps {
  conversationId: string;
  onClose: () => void;
}

/** A message approved beforehand, with its blanks filled in: what WhatsApp asks for after a day of silence. */
export function TemplateDialog({ conversationId, onClose }: TemplateDialogProps) {
  const { desk } = useDesk();
  const [name, setName] = useState('');
  const [header, setHeader] = useState<readonly string[]>([]);
  const [body, setBody] = useState<readonly string[]>(['']);

  const send = (): void => {
    const filled = { header: header.filter(isFilled), body: body.filter(isFilled) };
    const parameters = {
      ...(filled.header.length > 0 ? { header: filled.header } : {}),
      ...(filled.body.length > 0 ? { body: filled.body } : {}),
    };
    const template = { name: name.trim(), ...(Object.keys(parameters).length > 0 ? { parameters } : {}) };
    desk.outgoing.say(conversationId, { type: 'template', template }, `Template “${template.name}”`);
    onClose();
  };

  return (
    <Dialog title="Send a template" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isFilled(name)) send();
        }}
      >
        <p class="muted">
          The template must be approved for this channel. Its parameters are filled in order.
        </p>
        <label class="field">
          <span>Name of the template</span>
          <input
            value={name}
            maxLength={512}
            spellcheck={false}
            placeholder="order_shipped"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <Parameters title="Header parameters" values={header} onChange={setHeader} />
        <Parameters title="Body parameters" values={body} onChange={setBody} />
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={!isFilled(name)}>
            Send
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

const isFilled = (text: string): boolean => text.trim() !== '';

interface ParametersProps {
  title: string;
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
}

function Parameters({ title, values, onChange }: ParametersProps) {
  return (
    <fieldset class="parameters">
      <legend>{title}</legend>
      {values.map((value, index) => (
        <div class="parameter" key={index}>
          <span class="parameter-number">{index + 1}</span>
          <input
            aria-label={`${title}, number ${index + 1}`}
            dir="auto"
            value={value}
            onInput={(event) => onChange(values.with(index, event.currentTarget.value))}
          />
          <button
            type="button"
            class="icon-button"
            aria-label={`Remove parameter ${index + 1}`}
            onClick={() => onChange(values.toSpliced(index, 1))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      <button type="button" class="link" onClick={() => onChange([...values, ''])}>
        <PlusIcon /> Add a parameter
      </button>
    </fieldset>
  );
}
