import type { ComponentChildren } from 'preact';
import { safeUrl } from './safe-url.js';

interface OutsideLinkProps {
  url: string;
  children: ComponentChildren;
  class?: string;
  title?: string;
  download?: boolean;
}

/** A link out of the desk: it tells the other side nothing about us. What is no safe address is text only. */
export function OutsideLink({ url, children, class: name = '', title, download }: OutsideLinkProps) {
  const href = safeUrl(url);
  if (href === undefined) return <span class={name}>{children}</span>;
  return (
    <a
      class={name}
      href={href}
      title={title ?? href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      {...(download ? { download: '' } : {})}
    >
      {children}
    </a>
  );
}
