import { type Attached, isSound } from '../desk/drafts.js';
import { sizeWords } from '../thread/attachment-view.js';
import { useDesk } from '../ui/desk-context.js';
import { CloseIcon, FileIcon, SoundFileIcon } from '../ui/icons.js';
import { detach, upload } from './attach-files.js';

export function AttachedFiles({ conversationId }: { conversationId: string }) {
  const { desk } = useDesk();
  const { attached } = desk.drafts.of(conversationId);
  if (attached.length === 0) return null;
  return (
    <ul class="attached" aria-label="Attached files">
      {attached.map((file) => (
        <AttachedFile key={file.key} conversationId={conversationId} file={file} />
      ))}
    </ul>
  );
}

interface AttachedFileProps {
  conversationId: string;
  file: Attached;
}

function AttachedFile({ conversationId, file }: AttachedFileProps) {
  const { desk } = useDesk();
  return (
    <li class={`attached-file attached-${file.state}`}>
      {isSound(file) ? <SoundFileIcon /> : <FileIcon />}
      <span class="attached-words">
        <bdi class="file-name">{file.name}</bdi>
        <span class="file-size" role="status">
          {file.state === 'uploading'
            ? 'Uploading…'
            : file.state === 'failed'
              ? file.problem
              : sizeWords(file.sizeBytes)}
        </span>
      </span>
      {isSound(file) && file.state !== 'failed' && (
        <SoundSwitch conversationId={conversationId} file={file} />
      )}
      {file.state === 'failed' && (
        <button type="button" class="link" onClick={() => void upload(desk, conversationId, file)}>
          Try again
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`Remove ${file.name}`}
        onClick={() => detach(desk, conversationId, file.key)}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

/** The contact hears a voice message where it stands, and saves a file. */
function SoundSwitch({ conversationId, file }: AttachedFileProps) {
  const { desk } = useDesk();
  const choice = (as: Attached['as'], words: string) => (
    <button
      type="button"
      aria-pressed={file.as === as}
      onClick={() => desk.drafts.changeAttached(conversationId, file.key, { as })}
    >
      {words}
    </button>
  );
  return (
    <span class="segments sound-switch" role="group" aria-label={`Send ${file.name} as`}>
      {choice('voice', 'Voice')}
      {choice('file', 'File')}
    </span>
  );
}
