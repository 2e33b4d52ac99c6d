import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { SORTS, type Sort, VIEWS, type View } from '@/api/conversations';
import { ApiError } from '@/api/errors';
import { queryClient } from '@/api/query-client';
import { meQuery, setupQuery } from '@/api/session';
import { Crashed, NotFound } from './Fallbacks';
import { InboxScreen } from './InboxScreen';
import { ShellScreen } from './ShellScreen';

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

/** Lets in who is signed in; sends others to where they can be. */
async function requireMe({ location }: { location: { href: string } }) {
  try {
    await queryClient.ensureQueryData(meQuery);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      const { needed } = await queryClient.fetchQuery(setupQuery);
      if (needed) throw redirect({ to: '/setup' });
      throw redirect({ to: '/login', search: { next: location.href } });
    }
    throw error;
  }
}

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: requireMe,
  component: ShellScreen,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' });
  },
});

export interface InboxSearch {
  view?: View | undefined;
  sort?: Sort | undefined;
  inbox?: string | undefined;
  /** A message of the open conversation, to open it there. */
  message?: string | undefined;
}

const inbox = createRoute({
  getParentRoute: () => shell,
  path: 'inbox',
  validateSearch: (search: Record<string, unknown>): InboxSearch => {
    const view = VIEWS.find((item) => item === search.view);
    const sort = SORTS.find((item) => item === search.sort);
    return {
      ...(view ? { view } : {}),
      ...(sort ? { sort } : {}),
      ...(word(search.inbox) ? { inbox: word(search.inbox) } : {}),
      ...(word(search.message) ? { message: word(search.message) } : {}),
    };
  },
  component: InboxScreen,
});
const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversation',
  component: () => null,
});

const search = createRoute({
  getParentRoute: () => shell,
  path: 'search',
  validateSearch: (params: Record<string, unknown>): { q?: string | undefined } =>
    word(params.q) ? { q: word(params.q) } : {},
  component: lazyRouteComponent(() => import('./search'), 'SearchScreen'),
});

const customers = createRoute({
  getParentRoute: () => shell,
  path: 'customers',
  validateSearch: (params: Record<string, unknown>): { q?: string | undefined } =>
    word(params.q) ? { q: word(params.q) } : {},
  component: lazyRouteComponent(() => import('./customers'), 'CustomersScreen'),
});
const customer = createRoute({
  getParentRoute: () => shell,
  path: 'customers/$customer',
  component: lazyRouteComponent(() => import('./customers'), 'CustomerScreen'),
});

const compliance = createRoute({
  getParentRoute: () => shell,
  path: 'compliance',
  component: lazyRouteComponent(() => import('./compliance'), 'ComplianceScreen'),
});
const complianceHome = createRoute({
  getParentRoute: () => compliance,
  path: '/',
  component: lazyRouteComponent(() => import('./compliance'), 'ComplianceHome'),
});

/** What narrows a list of the area: every one of them can be shared as a link. */
export const COMPLIANCE_FILTERS = [
  'show',
  'number',
  'customer',
  'actor',
  'action',
  'subject',
  'since',
  'until',
  'pack',
  'other',
  'q',
] as const;
export type ComplianceSearch = {
  [Filter in (typeof COMPLIANCE_FILTERS)[number]]?: string | undefined;
};
const compliancePage = createRoute({
  getParentRoute: () => compliance,
  path: '$page',
  validateSearch: (params: Record<string, unknown>): ComplianceSearch =>
    Object.fromEntries(
      COMPLIANCE_FILTERS.flatMap((name) => {
        // The router reads numbers out of an address; a filter is always words.
        const value = typeof params[name] === 'number' ? String(params[name]) : params[name];
        return word(value) ? [[name, value]] : [];
      }),
    ),
  component: lazyRouteComponent(() => import('./compliance'), 'CompliancePage'),
});

const welcome = createRoute({
  getParentRoute: () => shell,
  path: 'welcome',
  component: lazyRouteComponent(() => import('./welcome'), 'WelcomeScreen'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: 'settings',
  component: lazyRouteComponent(() => import('./settings'), 'SettingsScreen'),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('./settings'), 'SettingsHome'),
});
const settingsPage = createRoute({
  getParentRoute: () => settings,
  path: '$page',
  component: lazyRouteComponent(() => import('./settings'), 'SettingsPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: 'setup',
  component: lazyRouteComponent(() => import('./sign-in'), 'SetupScreen'),
});
const login = createRoute({
  getParentRoute: () => root,
  path: 'login',
  validateSearch: (params: Record<string, unknown>): { next?: string | undefined } =>
    // Only paths of our own: a link must not lead a fresh session elsewhere.
    typeof params.next === 'string' && /^\/(?![/\\])/.test(params.next)
      ? { next: params.next }
      : {},
  component: lazyRouteComponent(() => import('./sign-in'), 'LoginScreen'),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: 'invite/$token',
  component: lazyRouteComponent(() => import('./sign-in'), 'InviteScreen'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: 'reset/$token',
  component: lazyRouteComponent(() => import('./sign-in'), 'ResetScreen'),
});
const gallery = createRoute({
  getParentRoute: () => root,
  path: 'gallery',
  component: lazyRouteComponent(() => import('@/features/gallery/Gallery'), 'Gallery'),
});

const tree = root.addChildren([
  home,
  setup,
  login,
  invite,
  reset,
  gallery,
  shell.addChildren([
    inbox.addChildren([conversation]),
    search,
    customers,
    customer,
    compliance.addChildren([complianceHome, compliancePage]),
    welcome,
    settings.addChildren([settingsHome, settingsPage]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
