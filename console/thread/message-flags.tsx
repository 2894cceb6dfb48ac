import type { Message } from '../../src/contract/index.js';

const meanings: Record<Message['flags'][number], { words: string; because: string }> = {
  possibleRepeat: {
    words: 'possible repeat',
    because: 'The same was reported a moment before. It may be one message told twice, or said twice.',
  },
  possibleDuplicate: {
    words: 'sent again',
    because: 'The first try was never answered, so it was sent again. The contact may have it twice.',
  },
  late: { words: 'late', because: 'It was sent again later, after messages that followed it.' },
  cleaned: { words: 'cleaned', because: 'It held characters that cannot be stored; they were replaced.' },
};

export function MessageFlags({ flags }: { flags: Message['flags'] }) {
  return (
    <>
      {flags.map((flag) => (
        <span class="flag" key={flag} title={meanings[flag].because}>
          {meanings[flag].words}
        </span>
      ))}
    </>
  );
}
