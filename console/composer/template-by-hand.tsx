import { useState } from 'preact/hooks';
import type { TemplateContent } from '../desk/template-fields.js';
import { focusOnce } from '../ui/focus-once.js';
import { BackIcon, CloseIcon, PlusIcon } from '../ui/icons.js';

interface TemplateByHandProps {
  onSend: (template: TemplateContent) => void;
  onBack: (() => void) | undefined;
  onClose: () => void;
}

type Pair = readonly [name: string, value: string];

/** A template that nobody has named yet: its name, and whatever it asks for. */
export function TemplateByHand({ onSend, onBack, onClose }: TemplateByHandProps) {
  const [name, setName] = useState('');
  const [header, setHeader] = useState<readonly Pair[]>([]);
  const [body, setBody] = useState<readonly Pair[]>([]);
  const [buttons, setButtons] = useState<readonly Pair[]>([]);
  const [variables, setVariables] = useState<readonly Pair[]>([]);

  const send = (): void => {
    const parameters = {
      ...(header.length === 0 ? {} : { header: valuesOf(header) }),
      ...(body.length === 0 ? {} : { body: valuesOf(body) }),
      ...(buttons.length === 0 ? {} : { buttons: byName(buttons) }),
    };
    onSend({
      name: name.trim(),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      ...(variables.length === 0 ? {} : { variables: byName(variables) }),
    });
  };

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="muted">
        The template must be approved for this channel. Its parameters are filled in order.
        {onBack !== undefined && (
          <>
            {' '}
            <button type="button" class="link" onClick={onBack}>
              <BackIcon /> Choose from the list
            </button>
          </>
        )}
      </p>
      <label class="field">
        <span>Name of the template</span>
        <input
          ref={focusOnce}
          autofocus
          required
          pattern=".*\S.*"
          value={name}
          maxLength={512}
          spellcheck={false}
          placeholder="order_shipped"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Blanks title="Header parameters" pairs={header} onChange={setHeader} />
      <Blanks title="Text parameters" pairs={body} onChange={setBody} />
      <Blanks title="Button parameters" pairs={buttons} onChange={setButtons} names={buttonNames} />
      <Blanks title="Variables" pairs={variables} onChange={setVariables} names={[]} />
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

/** What WotNot's manual calls the parameters of buttons. */
const buttonNames = ['url', 'copy_code', 'otp'];

const valuesOf = (pairs: readonly Pair[]): string[] => pairs.map(([, value]) => value.trim());
const byName = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.map(([name, value]) => [name.trim(), value.trim()]));

/** Why this name cannot be sent, beside what the field itself asks for: of two values of a name one would be lost. */
function complaintOf(pairs: readonly Pair[], index: number): string {
  const name = pairs[index]?.[0].trim() ?? '';
  const isTaken = name !== '' && pairs.slice(0, index).some(([other]) => other.trim() === name);
  return isTaken ? `“${name}” has a value already: give this one another name, or remove it.` : '';
}

interface BlanksProps {
  title: string;
  pairs: readonly Pair[];
  onChange: (pairs: readonly Pair[]) => void;
  /** They go by a name, which may be one of these; numbered where it is missing. */
  names?: readonly string[];
}

function Blanks({ title, pairs, onChange, names }: BlanksProps) {
  const list = `names of ${title}`.replaceAll(' ', '-');
  return (
    <fieldset class="parameters">
      <legend>{title}</legend>
      {names !== undefined && names.length > 0 && (
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      {pairs.map(([name, value], index) => {
        const number = `${title}, number ${index + 1}`;
        return (
          <div class={`parameter ${names === undefined ? '' : 'parameter-named'}`} key={index}>
            {names === undefined ? (
              <span class="parameter-number">{index + 1}</span>
            ) : (
              <input
                // What the browser says of a field that cannot be sent is no attribute.
                ref={(input) => input?.setCustomValidity(complaintOf(pairs, index))}
                required
                pattern=".*\S.*"
                aria-label={`${number}: name`}
                placeholder="Name"
                list={list}
                spellcheck={false}
                maxLength={100}
                value={name}
                onInput={(event) => onChange(pairs.with(index, [event.currentTarget.value, value]))}
              />
            )}
            <input
              required
              pattern=".*\S.*"
              aria-label={number}
              dir="auto"
              maxLength={1_024}
              value={value}
              onInput={(event) => onChange(pairs.with(index, [name, event.currentTarget.value]))}
            />
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove ${number}`}
              onClick={() => onChange(pairs.toSpliced(index, 1))}
            >
              <CloseIcon />
            </button>
          </div>
        );
      })}
      <button type="button" class="link" onClick={() => onChange([...pairs, ['', '']])}>
        <PlusIcon /> Add to {title.toLowerCase()}
      </button>
    </fieldset>
  );
}
