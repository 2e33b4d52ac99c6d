import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  Building2,
  CircleHelp,
  Command as CommandIcon,
  Inbox,
  ListChecks,
  LogOut,
  Moon,
  PenLine,
  Search,
  Settings,
  ShieldCheck,
  Smartphone,
  Undo2,
  UserRound,
  Users,
} from 'lucide-react';
import { useEffect } from 'react';
import { countsQuery } from '@/api/conversations';
import { startLive } from '@/api/live/live';
import { meQuery, signOut } from '@/api/session';
import { onboardingQuery } from '@/api/settings';
import { resumeSending } from '@/features/composer/resume';
import { AccountMenu } from '@/features/shell/AccountMenu';
import { Banners } from '@/features/shell/Banners';
import { type Place, Rail, TabBar } from '@/features/shell/Shell';
import { t } from '@/i18n/t';
import { useCommands } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { useLoaded } from '@/lib/loaded';
import { useTheme } from '@/lib/theme';
import { runLastAction } from '@/ui/Toasts';
import { useWorkspaceEntry } from './use-workspace';

const loadOverlays = () => import('./Overlays').then((module) => module.Overlays);
const overlays: { part: Awaited<ReturnType<typeof loadOverlays>> | null } = { part: null };
const loadPalette = () => import('./PaletteDoor').then((module) => module.PaletteDoor);
const palette: { part: Awaited<ReturnType<typeof loadPalette>> | null } = { part: null };
const loadDock = () =>
  import('@/features/simulator/SimulatorDock').then((module) => module.SimulatorDock);
const dockPart: { part: Awaited<ReturnType<typeof loadDock>> | null } = { part: null };

function placeOf(path: string): Place | null {
  if (path.startsWith('/inbox')) return 'inbox';
  if (path.startsWith('/search')) return 'search';
  if (path.startsWith('/customers')) return 'customers';
  if (path.startsWith('/compliance')) return 'compliance';
  if (path.startsWith('/settings')) return 'settings';
  return path.startsWith('/welcome') ? 'start' : null;
}

/** What stays while screens change: rail, banners, dock, and what lies on top. */
export function ShellScreen() {
  const me = useSuspenseQuery(meQuery).data;
  const navigate = useNavigate();
  // Of the address only what is drawn: a step to the next conversation redraws nothing here.
  const place = useRouterState({ select: (state) => placeOf(state.location.pathname) });
  const inThread = useRouterState({
    select: (state) => /^\/inbox\/./.test(state.location.pathname),
  });
  const unassigned = useQuery({ ...countsQuery, select: (counts) => counts.unassigned }).data ?? 0;
  const steps = useQuery(onboardingQuery).data?.steps ?? [];
  const { overlay, open, dock, toggleDock } = useDesk();

  const whose = `${me.member.id}:${me.workspace.id}`;
  useEffect(() => startLive(whose), [whose]);
  useEffect(() => resumeSending(whose), [whose]);

  const go = (to: Place) => {
    if (to === 'inbox')
      void navigate({ to: '/inbox', search: (now) => (place === 'inbox' ? now : {}) });
    else if (to === 'start') void navigate({ to: '/welcome' });
    else if (to === 'compliance') void navigate({ to: '/compliance' });
    else if (to === 'settings') void navigate({ to: '/settings' });
    else if (to === 'search') void navigate({ to: '/search' });
    else void navigate({ to: '/customers' });
  };
  const leave = async () => {
    await signOut();
    await navigate({ to: '/login' });
  };

  const enterAt = useWorkspaceEntry();
  const elsewhere = me.workspaces.filter(({ id }) => id !== me.workspace.id);

  useCommands([
    {
      id: 'desk.palette',
      label: t.commands.palette,
      group: t.groups.desk,
      inText: true,
      icon: CommandIcon,
      quiet: true,
      run: () => open(overlay === 'palette' ? null : 'palette'),
    },
    {
      id: 'desk.help',
      label: t.commands.help,
      group: t.groups.desk,
      icon: CircleHelp,
      also: t.palette.also.help,
      run: () => open('help'),
    },
    {
      id: 'desk.simulator',
      label: t.commands.simulator,
      group: t.groups.desk,
      icon: Smartphone,
      also: t.palette.also.simulator,
      run: toggleDock,
    },
    {
      id: 'desk.theme',
      label: t.commands.theme,
      group: t.groups.desk,
      icon: Moon,
      also: t.palette.also.theme,
      run: cycleTheme,
    },
    {
      id: 'desk.undo',
      label: t.commands.undo,
      group: t.groups.desk,
      icon: Undo2,
      run: () => void runLastAction(),
    },
    {
      id: 'desk.sign-out',
      label: t.commands.sign_out,
      group: t.groups.desk,
      icon: LogOut,
      run: () => void leave(),
    },
    {
      id: 'go.inbox',
      label: t.commands.go_inbox,
      group: t.groups.go,
      icon: Inbox,
      also: t.palette.also.views.all,
      run: () => void navigate({ to: '/inbox', search: {} }),
    },
    {
      id: 'go.mine',
      label: t.commands.go_mine,
      group: t.groups.go,
      icon: UserRound,
      also: t.palette.also.views.mine,
      run: () => void navigate({ to: '/inbox', search: { view: 'mine' } }),
    },
    {
      id: 'go.unassigned',
      label: t.commands.go_unassigned,
      group: t.groups.go,
      icon: Inbox,
      also: t.palette.also.views.unassigned,
      run: () => void navigate({ to: '/inbox', search: { view: 'unassigned' } }),
    },
    {
      id: 'go.customers',
      label: t.commands.go_customers,
      group: t.groups.go,
      icon: Users,
      run: () => go('customers'),
    },
    {
      id: 'go.compliance',
      label: t.commands.go_compliance,
      group: t.groups.go,
      icon: ShieldCheck,
      run: () => go('compliance'),
    },
    {
      id: 'go.settings',
      label: t.commands.go_settings,
      group: t.groups.go,
      icon: Settings,
      run: () => go('settings'),
    },
    {
      id: 'go.start',
      label: t.commands.go_start,
      group: t.groups.go,
      icon: ListChecks,
      run: () => go('start'),
    },
    {
      id: 'go.search',
      label: t.commands.search,
      group: t.groups.go,
      icon: Search,
      run: () => go('search'),
    },
    ...elsewhere.map(({ id, name }) => ({
      id: `go.workspace.${id}`,
      label: t.commands.go_workspace(name),
      group: t.groups.go,
      icon: Building2,
      run: () => enterAt(id),
    })),
    {
      id: 'text.new',
      label: t.commands.new_text,
      group: t.groups.compose,
      icon: PenLine,
      when: () => me.permissions.includes('send'),
      run: () => open('new-text'),
    },
  ]);

  const Overlays = useLoaded(overlays, loadOverlays, overlay !== null);
  const Palette = useLoaded(palette, loadPalette, overlay === 'palette');
  const SimulatorDock = useLoaded(dockPart, loadDock, dock);

  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-50 focus:rounded-control focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-ink"
      >
        {t.nav.skip}
      </a>
      <Banners
        operates={me.permissions.includes('server_operate')}
        onSettings={() => void navigate({ to: '/settings/$page', params: { page: 'sending' } })}
      />
      <div className="flex min-h-0 flex-1">
        <Rail
          place={place}
          unassigned={unassigned}
          showStart={steps.some((step) => !step.done)}
          onGo={go}
          account={<AccountMenu me={me} onSignOut={() => void leave()} onWorkspace={enterAt} />}
        />
        <main id="main" className="min-h-0 min-w-0 flex-1">
          <Outlet />
        </main>
        {dock && SimulatorDock ? <SimulatorDock /> : null}
      </div>
      {inThread ? null : (
        <TabBar
          place={place}
          unassigned={unassigned}
          onGo={go}
          onMore={() => void navigate({ to: '/settings' })}
        />
      )}
      {Palette ? <Palette /> : null}
      {Overlays ? <Overlays /> : null}
    </div>
  );
}

function cycleTheme() {
  const { theme, setTheme } = useTheme.getState();
  setTheme(theme === 'system' ? 'dark' : theme === 'dark' ? 'light' : 'system');
}
