import { useNavigate } from '@tanstack/react-router';
import { Checklist } from '@/features/onboarding/Checklist';
import { t } from '@/i18n/t';
import { useDesk } from '@/lib/desk';
import { useTitle } from '@/lib/hooks';

/** Where each step is done. A step this build does not know leads to settings. */
const PAGES: Record<string, string> = {
  demo: 'demo',
  account: 'accounts',
  inbox: 'inboxes',
  number: 'inboxes',
  test_numbers: 'inboxes',
  live: 'inboxes',
  go_live: 'inboxes',
  invite: 'members',
  workspace: 'workspace',
};

export function WelcomeScreen() {
  const navigate = useNavigate();
  const { dock, toggleDock } = useDesk();
  useTitle(`${t.welcome.title} · ${t.common.app}`);
  return (
    <Checklist
      onStep={(key) => {
        const page = PAGES[key];
        if (page) {
          void navigate({ to: '/settings/$page', params: { page } });
          return;
        }
        if (/simulator|first_text|text/.test(key) && !dock) toggleDock();
        void navigate({ to: '/inbox', search: {} });
      }}
    />
  );
}
