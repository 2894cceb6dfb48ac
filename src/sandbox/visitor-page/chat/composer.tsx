import { useRef, useState } from 'preact/hooks';
import { IconClip, IconSend } from '../shop/icons.jsx';

interface Props {
  isClosed: boolean;
  onText: (text: string) => void;
  onFile: (file: File) => void;
}

const LONGEST = 4_000;

/** Enter sends, Shift+Enter makes a new line; files come by button, by paste or by drop. */
export function Composer({ isClosed, onText, onFile }: Props) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  const send = (): void => {
    const words = text.trim();
    if (words === '') return;
    onText(words);
    setText('');
    field.current?.focus();
  };
  const takeFiles = (list: FileList | null | undefined): boolean => {
    const files = [...(list ?? [])];
    for (const file of files) onFile(file);
    return files.length > 0;
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        takeFiles(event.dataTransfer?.files);
      }}
    >
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          takeFiles(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="round is-quiet"
        aria-label="Attach a picture or a file"
        title="Attach a picture or a file"
        onClick={() => picker.current?.click()}
      >
        <IconClip />
      </button>
      <div class="field" data-text={`${text}\n`}>
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={LONGEST}
          aria-label="Your message"
          placeholder={isClosed ? 'Write to start again…' : 'Write a message…'}
          enterkeyhint="send"
          onInput={(event) => setText(event.currentTarget.value)}
          onPaste={(event) => {
            if (takeFiles(event.clipboardData?.files)) event.preventDefault();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
      </div>
      <button type="submit" class="round" aria-label="Send" title="Send" disabled={text.trim() === ''}>
        <IconSend />
      </button>
    </form>
  );
}
