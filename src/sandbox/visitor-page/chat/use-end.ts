import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface EndHold {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Something came while the visitor was reading further up. */
  hasNewer: boolean;
  goToEnd: () => void;
}

const NEAR_PX = 60;

/** Keeps the newest line in view, pictures that load late included, unless the visitor has scrolled up to read. */
export function useEnd(newest: string | undefined): EndHold {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stays = useRef(true);
  const lastTop = useRef(0);
  const [hasNewer, setHasNewer] = useState(false);

  const toEnd = (): void => {
    const area = scroller.current;
    if (area) area.scrollTop = area.scrollHeight;
  };

  useEffect(() => {
    const area = scroller.current;
    if (!area || !content.current) return;
    const onScroll = (): void => {
      const isNear = area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_PX;
      // Only a move upwards is the visitor's wish; content that grows moves nothing.
      if (isNear) stays.current = true;
      else if (area.scrollTop < lastTop.current) stays.current = false;
      lastTop.current = area.scrollTop;
      if (isNear) setHasNewer(false);
    };
    const observer = new ResizeObserver(() => {
      if (stays.current) toEnd();
    });
    observer.observe(content.current);
    observer.observe(area);
    area.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      area.removeEventListener('scroll', onScroll);
    };
  }, []);

  useEffect(() => {
    if (stays.current) toEnd();
    else if (newest !== undefined) setHasNewer(true);
  }, [newest]);

  return {
    scroller,
    content,
    hasNewer,
    goToEnd: () => {
      stays.current = true;
      setHasNewer(false);
      toEnd();
    },
  };
}
