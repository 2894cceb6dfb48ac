import { useState } from 'preact/hooks';

interface Props {
  label: string;
  button: string;
  fields: { name: string; label: string; isLong?: boolean }[];
  onDo: (fields: Record<string, string>) => Promise<boolean>;
}

/** A few fields and one button; empties itself when the deed is done. */
export function DeedForm({ label, button, fields, onDo }: Props) {
  const [values, setValues] = useState<Record<string, string>>({});
  const set = (name: string, value: string): void => setValues((current) => ({ ...current, [name]: value }));
  return (
    <form
      class="deed"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void onDo(values).then((isDone) => {
          if (isDone) setValues({});
        });
      }}
    >
      {fields.map(({ name, label: text, isLong }) => (
        <label key={name}>
          <span>{text}</span>
          {isLong ? (
            <textarea
              rows={2}
              value={values[name] ?? ''}
              onInput={(event) => set(name, event.currentTarget.value)}
            />
          ) : (
            <input value={values[name] ?? ''} onInput={(event) => set(name, event.currentTarget.value)} />
          )}
        </label>
      ))}
      <button type="submit" class="secondary">
        {button}
      </button>
    </form>
  );
}
