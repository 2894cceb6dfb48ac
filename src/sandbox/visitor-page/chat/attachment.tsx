import type { ChatFile } from '../../chat/chat-view.js';
import { IconFile } from '../shop/icons.jsx';

export function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const shownImage = /^image\/(png|jpeg|gif|webp|avif|bmp)/;

function FileCard({ file, state }: { file: ChatFile; state: string }) {
  const inside = (
    <>
      <span class="file-icon" aria-hidden="true">
        <IconFile />
      </span>
      <span class="file-facts">
        <span class="file-name">{file.name}</span>
        <span class="file-size">{state}</span>
      </span>
    </>
  );
  if (!file.url) return <div class="file-card">{inside}</div>;
  return (
    <a class="file-card" href={file.url} download={file.name}>
      {inside}
    </a>
  );
}

/** A picture in place, a voice to play, anything else as a card to download. */
export function Attachment({ file, isVoice }: { file: ChatFile; isVoice: boolean }) {
  if (file.state === 'fetching') return <FileCard file={file} state="Fetching…" />;
  if (file.state === 'failed' || !file.url) {
    return <FileCard file={file} state={`Could not be fetched: ${file.problem ?? 'no reason given'}`} />;
  }
  if (shownImage.test(file.type)) {
    return (
      <a class="picture" href={file.url} target="_blank" rel="noopener noreferrer">
        <img src={file.url} alt={file.name} loading="lazy" />
      </a>
    );
  }
  if (isVoice || file.type.startsWith('audio/')) {
    return (
      <figure class="voice">
        <audio controls preload="metadata" src={file.url} aria-label={`Voice message ${file.name}`} />
        <figcaption>{file.name}</figcaption>
      </figure>
    );
  }
  if (file.type.startsWith('video/')) {
    return <video class="video" controls preload="metadata" src={file.url} aria-label={file.name} />;
  }
  return <FileCard file={file} state={`${sizeInWords(file.size)} · Download`} />;
}
