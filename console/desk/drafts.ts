import { signal } from '@preact/signals';

export type Mode = 'reply' | 'note';

export interface Attached {
  key: string;
  name: string;
  sizeBytes: number;
  /** As the browser calls it, and as the bridge found it once it is there. */
  contentType: string;
  /** What a sound is to be for the contact; anything else is a file. */
  as: 'file' | 'voice';
  state: 'uploading' | 'ready' | 'failed';
  problem: string;
  fileId?: string;
  file: Blob;
}

export interface Draft {
  mode: Mode;
  /** Apart, so that what was meant for colleagues is never sent to the contact by a slip. */
  reply: string;
  note: string;
  attached: readonly Attached[];
}

/** Only a sound can be a voice message. */
export const isSound = ({ contentType }: Pick<Attached, 'contentType'>): boolean =>
  contentType.startsWith('audio/');

const empty: Draft = { mode: 'reply', reply: '', note: '', attached: [] };

/** What was begun and not sent, by conversation. In memory only: customers' words do not belong on the disk. */
export function createDrafts() {
  const drafts = signal<ReadonlyMap<string, Draft>>(new Map());
  const of = (conversationId: string): Draft => drafts.value.get(conversationId) ?? empty;
  return {
    of,
    has: (conversationId: string): boolean => {
      const { reply, note, attached } = of(conversationId);
      return `${reply}${note}`.trim() !== '' || attached.length > 0;
    },
    change: (conversationId: string, next: Partial<Draft>) => {
      drafts.value = new Map(drafts.value).set(conversationId, { ...of(conversationId), ...next });
    },
    changeAttached: (conversationId: string, key: string, next: Partial<Attached>) => {
      const { attached } = of(conversationId);
      const changed = attached.map((file) => (file.key === key ? { ...file, ...next } : file));
      drafts.value = new Map(drafts.value).set(conversationId, { ...of(conversationId), attached: changed });
    },
  };
}
