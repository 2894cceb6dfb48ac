import { useState } from 'preact/hooks';
import type { Attachment } from '../../src/contract/index.js';
import { FileIcon, ImageIcon } from '../ui/icons.js';
import { OutsideLink } from '../ui/outside-link.js';
import { isOurs, safeUrl } from '../ui/safe-url.js';

/**
 * Our own files show at once. What lies elsewhere is loaded only when the agent asks for it: the place it lies
 * at would learn the agent's address and that the message has been opened.
 */
export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const [isWanted, setIsWanted] = useState(false);
  const [isBroken, setIsBroken] = useState(false);
  const url = usable(attachment);
  const isMedia = attachment.kind === 'image' || attachment.kind === 'audio' || attachment.kind === 'video';
  if (url === undefined || !isMedia || isBroken) return <FileCard attachment={attachment} url={url} />;
  if (!isOurs(url) && !isWanted) {
    return (
      <div class="media-ask">
        <button type="button" class="button small" onClick={() => setIsWanted(true)}>
          <ImageIcon /> {showWords[attachment.kind] ?? 'Show'}
        </button>
        <OutsideLink class="media-host" url={url}>
          {new URL(url).host}
        </OutsideLink>
      </div>
    );
  }
  return <Media attachment={attachment} url={url} onBroken={() => setIsBroken(true)} />;
}

const showWords: Partial<Record<Attachment['kind'], string>> = {
  image: 'Show the picture',
  audio: 'Play the recording',
  video: 'Play the video',
};

interface MediaProps {
  attachment: Attachment;
  url: string;
  onBroken: () => void;
}

function Media({ attachment: { kind, name }, url, onBroken }: MediaProps) {
  const label = name ?? 'Attachment';
  switch (kind) {
    case 'audio':
      return (
        <audio
          class="media-audio"
          controls
          preload="metadata"
          src={url}
          aria-label={label}
          onError={onBroken}
        />
      );
    case 'video':
      return (
        <video class="media" controls preload="metadata" src={url} aria-label={label} onError={onBroken} />
      );
    default:
      return (
        <OutsideLink url={url} class="media-link" title={label}>
          <img
            class="media"
            src={url}
            alt={label}
            loading="lazy"
            referrerpolicy="no-referrer"
            onError={onBroken}
          />
        </OutsideLink>
      );
  }
}

function FileCard({ attachment, url }: { attachment: Attachment; url: string | undefined }) {
  const name = attachment.name?.trim() || nameIn(url) || 'File';
  const card = (
    <>
      <span class="file-icon">
        <FileIcon />
      </span>
      <span class="file-words">
        <bdi class="file-name">{name}</bdi>
        <span class="file-size">
          {[
            attachment.contentType,
            attachment.sizeBytes === undefined ? undefined : sizeWords(attachment.sizeBytes),
          ]
            .filter((part) => part !== undefined)
            .join(' · ') || (url === undefined ? 'Not available' : new URL(url).host)}
        </span>
      </span>
    </>
  );
  if (url === undefined) return <span class="file">{card}</span>;
  return (
    <OutsideLink class="file" url={url}>
      {card}
    </OutsideLink>
  );
}

/** Ours may be written without the host. */
function usable({ url }: Attachment): string | undefined {
  if (url === undefined) return undefined;
  return url.startsWith('/') && isOurs(url) ? new URL(url, location.href).href : safeUrl(url);
}

function nameIn(url: string | undefined): string {
  if (url === undefined) return '';
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
