import { sizeWords } from '../thread/attachment-view.js';
import { useDesk } from '../ui/desk-context.js';
import { CloseIcon, FileIcon } from '../ui/icons.js';
import { detach, upload } from './attach-files.js';

export function AttachedFiles({ conversationId }: { conversationId: string }) {
  const { desk } = useDesk();
  const { attached } = desk.drafts.of(conversationId);
  if (attached.length === 0) return null;
  return (
    <ul class="attached" aria-label="Attached files">
      {attached.map((file) => (
        <li key={file.key} class={`attached-file attached-${file.state}`}>
          <FileIcon />
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
      ))}
    </ul>
  );
}
