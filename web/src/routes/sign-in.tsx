import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { setupQuery } from '@/api/session';
import { SetupForm } from '@/features/onboarding/SetupForm';
import { Frame } from '@/features/session/Frame';
import { Invite } from '@/features/session/Invite';
import { Login } from '@/features/session/Login';
import { Reset } from '@/features/session/Reset';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/hooks';
import { Button } from '@/ui/Button';

const loginRoute = getRouteApi('/login');
const inviteRoute = getRouteApi('/invite/$token');
const resetRoute = getRouteApi('/reset/$token');

export function SetupScreen() {
  const navigate = useNavigate();
  const setup = useQuery(setupQuery);
  useTitle(t.setup.title);
  if (setup.data && !setup.data.needed) {
    return (
      <Frame title={t.setup.done_title} intro={t.setup.done}>
        <Button tone="primary" onClick={() => void navigate({ to: '/login' })}>
          {t.session.sign_in}
        </Button>
      </Frame>
    );
  }
  return (
    <Frame title={t.setup.title} intro={t.setup.intro} wide>
      <SetupForm onDone={() => void navigate({ to: '/welcome' })} />
    </Frame>
  );
}

export function LoginScreen() {
  const { next } = loginRoute.useSearch();
  const navigate = useNavigate();
  useTitle(`${t.session.sign_in} · ${t.common.app}`);
  return <Login onSignedIn={() => void navigate({ href: next ?? '/inbox' })} />;
}

export function InviteScreen() {
  const { token } = inviteRoute.useParams();
  const navigate = useNavigate();
  useTitle(`${t.session.join} · ${t.common.app}`);
  return <Invite token={token} onSignedIn={() => void navigate({ to: '/inbox' })} />;
}

export function ResetScreen() {
  const { token } = resetRoute.useParams();
  const navigate = useNavigate();
  useTitle(`${t.session.reset_title} · ${t.common.app}`);
  return <Reset token={token} onSignedIn={() => void navigate({ to: '/inbox' })} />;
}
