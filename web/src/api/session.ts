import { queryOptions } from '@tanstack/react-query';
import { eraseWhere } from '@/lib/storage';
import { api, ok, type Schemas, setCsrf } from './client';
import { queryClient } from './query-client';

export type Me = Schemas['Me'];
export type Role = Me['role'];
export type Permission = Schemas['Permission'];

/** A part of the app that holds words of the member who is signed in. */
interface Holder {
  /** Brings what is not saved yet to the server, while the session lasts. */
  save?: () => Promise<unknown>;
  /** Somebody else comes, or nobody: forgets what it holds in memory. */
  forget: () => void;
}

const holders: Holder[] = [];

export const holds = (holder: Holder) => void holders.push(holder);

function forgetAll() {
  for (const { forget } of holders) forget();
  queryClient.clear();
}

/** Everything fetched belongs to one member in one workspace; a change of either starts afresh. */
export function enter(me: Me): Me {
  setCsrf(me.csrf);
  forgetAll();
  queryClient.setQueryData(meQuery.queryKey, me);
  return me;
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await ok(api.GET('/api/v1/me', { signal }));
    setCsrf(me.csrf);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/setup', { signal })),
});

export const setUp = async (body: {
  code: string;
  name: string;
  email: string;
  password: string;
  workspace_name: string;
  brand: string;
  time_zone: string;
  demo: boolean;
}) => enter(await ok(api.POST('/api/v1/setup', { body })));

export const signIn = async (body: { email: string; password: string }) =>
  enter(await ok(api.POST('/api/v1/session', { body })));

/** Whoever comes to this browser next finds nothing of what the member wrote. */
export async function signOut() {
  const member = queryClient.getQueryData(meQuery.queryKey)?.member.id;
  await Promise.allSettled(holders.map(({ save }) => save?.()));
  await ok(api.DELETE('/api/v1/session'));
  setCsrf('');
  forgetAll();
  // What is kept of a member is kept under their id.
  if (member) eraseWhere((key) => key.includes(member));
}

export const enterWorkspace = async (workspace_id: string) =>
  enter(await ok(api.POST('/api/v1/session/workspace', { body: { workspace_id } })));

export const inviteLinkQuery = (token: string) =>
  queryOptions({
    queryKey: ['invite-link', token],
    queryFn: ({ signal }) =>
      ok(api.GET('/api/v1/invite-links/{token}', { signal, params: { path: { token } } })),
    retry: false,
  });

export const acceptInvite = async (token: string, body: Schemas['InviteAccept']) =>
  enter(await ok(api.POST('/api/v1/invite-links/{token}', { params: { path: { token } }, body })));

export const askReset = (email: string) => ok(api.POST('/api/v1/resets', { body: { email } }));

export const resetPassword = async (token: string, password: string) =>
  enter(
    await ok(
      api.POST('/api/v1/reset-links/{token}', { params: { path: { token } }, body: { password } }),
    ),
  );

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/sessions', { signal })),
});

/** Signs every other browser of the member out with it. */
export async function changePassword(body: Schemas['SessionPassword']) {
  await ok(api.POST('/api/v1/session/password', { body }));
  await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
}

export const endSession = (id: string) =>
  ok(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }));
