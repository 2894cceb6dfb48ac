import { useEffect, useRef, useState } from 'preact/hooks';
import { askSandbox } from '../chat/ask-sandbox.js';
import type { OfficeConversation, OfficeOverview } from './office-view.js';

export interface OfficeHold {
  overview: OfficeOverview | null;
  chosen: OfficeConversation | null;
  isLost: boolean;
  problem: string | null;
  choose: (id: string | null) => void;
  act: (deed: string, fields: Record<string, unknown>) => Promise<boolean>;
}

const LOOK_MS = 1_500;

function chosenInAddress(): string | null {
  return new URLSearchParams(location.search).get('conversation');
}

/** The back office looks again every second and a half; nothing here is in a hurry. */
export function useOffice(): OfficeHold {
  const [overview, setOverview] = useState<OfficeOverview | null>(null);
  const [chosen, setChosen] = useState<OfficeConversation | null>(null);
  const [id, setId] = useState<string | null>(chosenInAddress);
  const [isLost, setLost] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const idNow = useRef(id);
  idNow.current = id;

  const look = async (): Promise<void> => {
    const wanted = idNow.current;
    const [all, one] = await Promise.all([
      askSandbox<OfficeOverview>('GET', '/office/api/overview'),
      wanted === null
        ? null
        : askSandbox<OfficeConversation>('GET', `/office/api/conversations/${encodeURIComponent(wanted)}`),
    ]);
    setLost(all.outcome === 'unreachable');
    if (all.outcome === 'done') setOverview(all.body);
    if (wanted === idNow.current) setChosen(one?.outcome === 'done' ? one.body : null);
  };

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStopped = false;
    const round = async (): Promise<void> => {
      await look();
      if (!isStopped) timer = setTimeout(() => void round(), LOOK_MS);
    };
    void round();
    return () => {
      isStopped = true;
      clearTimeout(timer);
    };
  }, [id]);

  return {
    overview,
    chosen,
    isLost,
    problem,
    choose(next) {
      setId(next);
      setChosen(null);
      setProblem(null);
      const address = new URL(location.href);
      if (next === null) address.searchParams.delete('conversation');
      else address.searchParams.set('conversation', next);
      history.replaceState(null, '', address);
    },
    async act(deed, fields) {
      const target = chosen?.id;
      if (target === undefined) return false;
      const path = `/office/api/conversations/${encodeURIComponent(target)}/${deed}`;
      const answer = await askSandbox<OfficeConversation>('POST', path, fields);
      setProblem(answer.outcome === 'refused' ? answer.message : null);
      setLost(answer.outcome === 'unreachable');
      if (answer.outcome !== 'done') return false;
      setChosen(answer.body);
      return true;
    },
  };
}
