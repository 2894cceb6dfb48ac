import { useEffect, useState } from 'preact/hooks';
import type { Desk } from './desk/create-desk.js';
import { DetailsPane } from './details/details-pane.js';
import { listenForKeys } from './keys.js';
import { ListPane } from './list/list-pane.js';
import { createNavigation, type Navigation } from './navigation.js';
import { announceNews } from './notify/announce-news.js';
import { warnBeforeLeaving } from './notify/warn-before-leaving.js';
import type { SignIn } from './session/sign-in.js';
import { SignInPage } from './session/sign-in-page.js';
import { ThreadPane } from './thread/thread-pane.js';
import { DeskContext } from './ui/desk-context.js';
import { Announcer, NoticeBoard } from './ui/notice-board.js';
import { refuseDrops } from './ui/refuse-drops.js';

export function Console({ signIn }: { signIn: SignIn }) {
  const desk = signIn.desk.value;
  if (desk === undefined) return <SignInPage signIn={signIn} />;
  return <DeskRoom key={desk.session.agent.id} desk={desk} signOut={() => void signIn.signOut()} />;
}

function DeskRoom({ desk, signOut }: { desk: Desk; signOut: () => void }) {
  const [navigation, setNavigation] = useState<Navigation | undefined>(undefined);
  useEffect(() => {
    const next = createNavigation(desk);
    setNavigation(next);
    const stops = [
      next.stop,
      listenForKeys(next),
      announceNews(desk),
      warnBeforeLeaving(desk),
      refuseDrops(),
    ];
    return () => stops.forEach((stop) => stop());
  }, [desk]);
  if (navigation === undefined) return null;

  const isOpen = navigation.conversation.value !== undefined;
  const pane = !isOpen ? 'list' : navigation.isShowingDetails.value ? 'details' : 'thread';
  return (
    <DeskContext.Provider value={{ desk, navigation, signOut }}>
      <div class="desk" data-pane={pane}>
        <ListPane />
        <ThreadPane key={navigation.conversation.value ?? 'none'} />
        <DetailsPane key={`details of ${navigation.conversation.value ?? 'none'}`} />
      </div>
      <NoticeBoard />
      <Announcer />
    </DeskContext.Provider>
  );
}
