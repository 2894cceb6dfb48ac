import type { KnownTemplate } from '../../src/contract/index.js';
import { type Filled, fillWords, nameOfField, type TemplateField } from '../desk/template-fields.js';

interface TemplatePreviewProps {
  template: KnownTemplate;
  fields: readonly TemplateField[];
  filled: Filled;
}

/** The message as the contact will read it. A place that is still blank shows what belongs there. */
export function TemplatePreview({ template: { words }, fields, filled }: TemplatePreviewProps) {
  if (words === undefined) {
    return <p class="muted">Its words are not known here. The contact gets it as it was approved.</p>;
  }
  const part = (group: 'header' | 'body', text: string | undefined) => {
    if (text === undefined) return null;
    const nameAt = (number: number): string => nameOfField({ group, key: String(number) });
    const pieces = fillWords(
      text,
      (number) => filled[nameAt(number)] ?? '',
      (number) => fields.find((field) => nameOfField(field) === nameAt(number))?.label ?? `${number}`,
    );
    return (
      <p class={`preview-${group}`} dir="auto">
        {pieces.map((piece, index) =>
          piece.kind === 'text' ? (
            <span key={index}>{piece.text}</span>
          ) : (
            <bdi key={index} class={`piece-${piece.kind}`}>
              {piece.text}
            </bdi>
          ),
        )}
      </p>
    );
  };
  return (
    <figure class="preview">
      <figcaption>Preview</figcaption>
      <div class="preview-bubble">
        {part('header', words.header)}
        {part('body', words.body)}
        {words.footer !== undefined && (
          <p class="preview-footer" dir="auto">
            {words.footer}
          </p>
        )}
      </div>
    </figure>
  );
}
