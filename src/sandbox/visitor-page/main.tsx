import { render } from 'preact';
import { App } from './app.jsx';
import { Office } from './office/office.jsx';
import './styles/base.css';
import './styles/shop.css';
import './styles/chat.css';
import './styles/lines.css';
import './styles/moments.css';
import './styles/composer.css';
import './styles/insight.css';
import './styles/office.css';

const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(location.pathname.startsWith('/office') ? <Office /> : <App />, root);
}
