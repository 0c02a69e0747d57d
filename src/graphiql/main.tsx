import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { keepRolesMended } from './mended-roles.ts';
import { prepareTabs } from './prepared-tabs.ts';
import { meet } from './session.ts';
import { loadSettings } from './settings.ts';
import { returnFromSignIn } from './sign-in.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
keepRolesMended(root);

try {
  const settings = await loadSettings();
  const returned = await returnFromSignIn(settings.signIn);
  // Civil dates are Norway’s, wherever the browser is; Swedish writes them as ISO does.
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Oslo' });
  const prepared = prepareTabs(location.search, settings, today);
  const met = returned !== undefined && 'token' in returned ? await meet(returned.token) : undefined;
  const arrived =
    returned !== undefined && 'token' in returned && met !== undefined && !('flaw' in met)
      ? { token: returned.token, person: met }
      : undefined;
  const flaws = [returned, met].flatMap((each) => (each !== undefined && 'flaw' in each ? [each.flaw] : []));
  createRoot(root).render(
    <App
      settings={settings}
      prepared={prepared}
      arrived={arrived}
      notice={[...flaws, prepared.flaw ?? ''].join(' ').trim()}
    />,
  );
} catch {
  root.textContent = 'The gateway does not answer. Load the page again.';
}
