import { Chat } from './chat/chat.jsx';
import { useConversation } from './chat/use-conversation.js';
import { Insight } from './insight/insight.jsx';
import { Storefront } from './shop/storefront.jsx';

export function App() {
  const conversation = useConversation();
  return (
    <div class="app">
      <Storefront />
      <Chat {...conversation} />
      <Insight view={conversation.talk.view} />
    </div>
  );
}
