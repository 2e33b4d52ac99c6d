import { useNavigate } from '@tanstack/react-router';
import { Checklist } from '@/features/onboarding/Checklist';
import { t } from '@/i18n/t';
import { useDesk } from '@/lib/desk';
import { useTitle } from '@/lib/hooks';

/** The settings page where a step is done; the others are done in the inbox. */
const PAGES: Record<string, string> = {
  team: 'members',
  provider: 'accounts',
  live: 'inboxes',
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
        if (key === 'opt_outs') {
          void navigate({ to: '/compliance/$page', params: { page: 'imports' }, search: {} });
          return;
        }
        if (key === 'first_text' && !dock) toggleDock();
        void navigate({ to: '/inbox', search: {} });
      }}
    />
  );
}
