import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/faces.css';
import './styles/dialog.css';
import './styles/templates.css';
import './styles/notices.css';
import './styles/layout.css';
import './styles/list-head.css';
import './styles/list.css';
import './styles/thread.css';
import './styles/messages.css';
import './styles/attachments.css';
import './styles/thread-end.css';
import './styles/composer.css';
import './styles/details.css';
import './styles/connections.css';
import './styles/sign-in.css';
import { Console } from './console.js';
import { connectBridge, exchangeCode } from './session/connect-bridge.js';
import { createSignIn } from './session/sign-in.js';

const signIn = createSignIn({ exchangeCode, connect: connectBridge });
void signIn.start();

const root = document.getElementById('console');
if (root !== null) render(<Console signIn={signIn} />, root);
