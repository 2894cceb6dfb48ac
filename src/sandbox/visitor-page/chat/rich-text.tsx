const address = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/g;
const onlyEmoji =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D|\p{Emoji_Modifier}|\p{Extended_Pictographic})*\s*){1,4}$/u;

/** Text as text, with its addresses made into links. */
export function RichText({ text }: { text: string }) {
  const parts = text.split(address);
  return (
    <p class={onlyEmoji.test(text.trim()) ? 'words is-emoji' : 'words'}>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <a key={index} href={part} target="_blank" rel="noopener noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
