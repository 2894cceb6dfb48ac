import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface FilesButtonProps {
  /** What it does, for those who do not see the picture on it. */
  words: string;
  /** Which files are offered; all of them where it is missing. */
  accept?: string;
  onFiles: (files: readonly File[]) => void;
  children: ComponentChildren;
}

/** Opens the browser's own choice of files. */
export function FilesButton({ words, accept, onFiles, children }: FilesButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={`${words}: choose`}
        {...(accept === undefined ? {} : { accept })}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={words}
        title={words}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
    </>
  );
}
