import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { ArrowDownUp, Inbox, type LucideIcon, Settings, ShieldCheck } from 'lucide-react';
import { SORTS, type Sort, VIEWS, type View } from '@/api/conversations';
import { meQuery, type Permission } from '@/api/session';
import { SETTINGS_GROUPS, type SettingsPageName } from '@/features/settings/groups';
import { t } from '@/i18n/t';
import { type Command, useCommands } from '@/lib/commands';
import { COMPLIANCE_GROUPS, type CompliancePageName, PAGE_NEEDS } from './area-pages';

/** The views that have a command of their own with keys; the shell offers those. */
const WITH_KEYS: readonly string[] = ['mine', 'unassigned', 'all'];

/** The stop switch first: who looks for it is in a hurry. */
const SETTINGS_ORDER: readonly SettingsPageName[] = [
  'sending',
  ...SETTINGS_GROUPS.flatMap(({ pages }): readonly SettingsPageName[] => pages).filter(
    (name) => name !== 'sending',
  ),
];

interface PageEntry<Name extends string> {
  area: 'settings' | 'compliance';
  icon: LucideIcon;
  names: readonly Name[];
  open: (name: Name) => void;
}

/** A command for each page of an area that has something to show to the member. */
function pagesOf<Name extends SettingsPageName | CompliancePageName>(
  { area, icon, names, open }: PageEntry<Name>,
  may: (permission: Permission) => boolean,
): Command[] {
  const titles: Record<string, string> = t[area].pages;
  const also: Record<string, string> = t.palette.also[area];
  return names
    .filter((name) => {
      const needed = PAGE_NEEDS[area][name];
      return needed === undefined || may(needed);
    })
    .map((name) => ({
      id: `go.${area}.${name}`,
      label: titles[name] ?? name,
      group: t.groups[area],
      icon,
      sought: true,
      also: `${t.groups[area]} ${also[name] ?? ''}`,
      run: () => open(name),
    }));
}

interface Ways {
  view: (view: View) => void;
  sort: (sort: Sort) => void;
  settings: (page: SettingsPageName) => void;
  compliance: (page: CompliancePageName) => void;
}

/** Each page of the settings and of compliance, each view and each order of the inbox. */
export function pageCommands(may: (permission: Permission) => boolean, to: Ways): Command[] {
  return [
    ...VIEWS.filter((view) => !WITH_KEYS.includes(view)).map((view) => ({
      id: `go.view.${view}`,
      label: t.inbox.views[view],
      group: t.groups.go,
      icon: Inbox,
      sought: true,
      also: `${t.inbox.title} ${t.inbox.view} ${t.palette.also.views[view]}`,
      run: () => to.view(view),
    })),
    ...SORTS.map((sort) => ({
      id: `list.sort.${sort}`,
      label: sort === 'newest' ? t.inbox.sort_newest : t.inbox.sort_oldest,
      group: t.groups.list,
      icon: ArrowDownUp,
      sought: true,
      also: t.palette.also.sort,
      run: () => to.sort(sort),
    })),
    ...pagesOf(
      {
        area: 'settings',
        icon: Settings,
        names: SETTINGS_ORDER,
        open: to.settings,
      },
      may,
    ),
    ...pagesOf(
      {
        area: 'compliance',
        icon: ShieldCheck,
        names: COMPLIANCE_GROUPS.flatMap(({ pages }): readonly CompliancePageName[] => pages),
        open: to.compliance,
      },
      may,
    ),
  ];
}

/** What the palette leads to beside what has keys. It comes with the palette, which alone offers it. */
export function usePageCommands() {
  const me = useSuspenseQuery(meQuery).data;
  const navigate = useNavigate();
  const inInbox = useRouterState({
    select: (state) => state.location.pathname.startsWith('/inbox'),
  });
  const to: Ways = {
    view: (view) => void navigate({ to: '/inbox', search: { view } }),
    // Only the order changes for who is in the inbox already.
    sort: (sort) =>
      void navigate({
        to: '/inbox',
        search: (now) => ({
          ...(inInbox && now.view ? { view: now.view } : {}),
          ...(inInbox && now.inbox ? { inbox: now.inbox } : {}),
          ...(sort === 'newest' ? {} : { sort }),
        }),
      }),
    settings: (page) => void navigate({ to: '/settings/$page', params: { page } }),
    compliance: (page) => void navigate({ to: '/compliance/$page', params: { page }, search: {} }),
  };
  useCommands(pageCommands((permission) => me.permissions.includes(permission), to));
}
