import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowLeft, ListChecks, LogOut, ShieldCheck, Smartphone } from 'lucide-react';
import { meQuery, signOut } from '@/api/session';
import { SettingsNav } from '@/features/settings/SettingsNav';
import { Workspaces } from '@/features/shell/Workspaces';
import { t } from '@/i18n/t';
import { useDesk } from '@/lib/desk';
import { useIsPhone, useTitle } from '@/lib/hooks';
import { Button } from '@/ui/Button';
import { SkeletonRows } from '@/ui/States';
import { NotFound } from './Fallbacks';
import { SETTINGS_PAGES } from './settings-pages';
import { usePart } from './use-part';
import { useWorkspaceEntry } from './use-workspace';

export interface SettingsPageProps {
  me: string;
  may: (permission: string) => boolean;
  /** Leads to where opt-outs of the former tool are imported. */
  onOptOuts: () => void;
}

/** The page that stands open beside the list on a desk, and is marked there. */
const HOME = 'workspace';

export function SettingsScreen() {
  const me = useSuspenseQuery(meQuery).data;
  const enterAt = useWorkspaceEntry();
  const navigate = useNavigate();
  const { page } = useParams({ strict: false });
  const phone = useIsPhone();
  const toggleDock = useDesk((desk) => desk.toggleDock);
  return (
    <div className="flex h-full min-h-0">
      <SettingsNav
        active={page ?? (phone ? undefined : HOME)}
        onOpen={(next) => void navigate({ to: '/settings/$page', params: { page: next } })}
        footer={
          <div className="flex flex-col gap-2 border-line border-t px-3 pt-4">
            <Button icon={ListChecks} onClick={() => void navigate({ to: '/welcome' })}>
              {t.nav.start}
            </Button>
            <Button icon={ShieldCheck} onClick={() => void navigate({ to: '/compliance' })}>
              {t.nav.compliance}
            </Button>
            <Button icon={Smartphone} onClick={toggleDock}>
              {t.nav.simulator}
            </Button>
            <Workspaces me={me} onWorkspace={enterAt} />
            <Button
              icon={LogOut}
              onClick={() => void signOut().then(() => navigate({ to: '/login' }))}
            >
              {t.nav.sign_out}
            </Button>
          </div>
        }
      />
      <Outlet />
    </div>
  );
}

/** On a desk the first page stands open beside the list of pages. */
export function SettingsHome() {
  const phone = useIsPhone();
  useTitle(`${t.settings.title} · ${t.common.app}`);
  return phone ? null : (
    <div className="min-w-0 flex-1">
      <Shown name={HOME} />
    </div>
  );
}

const route = getRouteApi('/shell/settings/$page');

export function SettingsPage() {
  const { page } = route.useParams();
  const navigate = useNavigate();
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <div className="border-line border-b bg-surface p-1 md:hidden">
        <Button tone="quiet" icon={ArrowLeft} onClick={() => void navigate({ to: '/settings' })}>
          {t.settings.title}
        </Button>
      </div>
      <div className="min-h-0 flex-1">
        <Shown key={page} name={page} />
      </div>
    </div>
  );
}

function Shown({ name }: { name: string }) {
  const navigate = useNavigate();
  const me = useSuspenseQuery(meQuery).data;
  const entry = SETTINGS_PAGES[name];
  const Part = usePart(entry);
  useTitle(`${entry?.title ?? t.settings.title} · ${t.common.app}`);
  if (!entry) return <NotFound />;
  if (!Part) return <SkeletonRows rows={3} />;
  return (
    <Part
      me={me.member.id}
      may={(permission) => me.permissions.some((item) => item === permission)}
      onOptOuts={() =>
        void navigate({ to: '/compliance/$page', params: { page: 'imports' }, search: {} })
      }
    />
  );
}
