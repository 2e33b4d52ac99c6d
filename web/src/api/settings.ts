import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import { queryClient } from './query-client';
import type { Role } from './session';

export type Member = Schemas['Member'];
export type Account = Schemas['Account'];
export type AccountTrial = Schemas['AccountTrial'];
export type Provider = Schemas['Provider'];
export type Inbox = Schemas['Inbox'];
export type ApiKey = Schemas['ApiKey'];
export type Sending = Schemas['Sending'];
export type StopSwitch = Schemas['SendingSwitch'];
export type Watch = Schemas['Watch'];

const path = (id: string) => ({ params: { path: { id } } });
const refetch = (key: string) => queryClient.invalidateQueries({ queryKey: [key] });

/** Runs a change, then asks again for what it touched. */
async function changed<Data>(key: string, call: Promise<Data>): Promise<Data> {
  const data = await call;
  await refetch(key);
  return data;
}

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/members', { signal })),
  staleTime: 5 * 60_000,
});
export const changeMember = (
  id: string,
  body: { role?: Role; disabled?: boolean; name?: string },
) => changed('members', ok(api.PATCH('/api/v1/members/{id}', { ...path(id), body })));
export const resetMember = (id: string) => ok(api.POST('/api/v1/members/{id}/reset', path(id)));

export const invitesQuery = queryOptions({
  queryKey: ['invites'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/invites', { signal })),
});
export const invite = (body: { email?: string; role: Role }) =>
  changed('invites', ok(api.POST('/api/v1/invites', { body })));
export const withdrawInvite = (id: string) =>
  changed('invites', ok(api.DELETE('/api/v1/invites/{id}', path(id))));

export const keysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/api-keys', { signal })),
});
export const createKey = (body: Schemas['ApiKeyNew']) =>
  changed('api-keys', ok(api.POST('/api/v1/api-keys', { body })));
export const revokeKey = (id: string) =>
  changed('api-keys', ok(api.DELETE('/api/v1/api-keys/{id}', path(id))));

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/providers', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});
export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/accounts', { signal })),
});
export const createAccount = (body: {
  provider: string;
  name: string;
  settings: Record<string, unknown>;
}) => changed('accounts', ok(api.POST('/api/v1/accounts', { body })));
export const changeAccount = (
  id: string,
  body: { name?: string; settings?: Record<string, unknown> },
) => changed('accounts', ok(api.PATCH('/api/v1/accounts/{id}', { ...path(id), body })));
export const removeAccount = (id: string) =>
  changed('accounts', ok(api.DELETE('/api/v1/accounts/{id}', path(id))));
export const testAccount = (id: string) => ok(api.POST('/api/v1/accounts/{id}/test', path(id)));

export const inboxesQuery = queryOptions({
  queryKey: ['inboxes'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/inboxes', { signal })),
  staleTime: 5 * 60_000,
});
export const createInbox = (body: Schemas['InboxNew']) =>
  changed('inboxes', ok(api.POST('/api/v1/inboxes', { body })));
export async function changeInbox(id: string, body: { name?: string; test_numbers?: string[] }) {
  const inbox = await changed(
    'inboxes',
    ok(api.PATCH('/api/v1/inboxes/{id}', { ...path(id), body })),
  );
  // Each conversation says by which inbox it came.
  if (body.name) await Promise.all([refetch('conversations'), refetch('conversation')]);
  return inbox;
}
/** `none` says that there are no opt-outs of a former tool to bring along. */
export async function setInboxLive(id: string, live: boolean, none = false) {
  const body = { live, no_previous_opt_outs: none };
  const inbox = await changed(
    'inboxes',
    ok(api.POST('/api/v1/inboxes/{id}/live', { ...path(id), body })),
  );
  void refetch('onboarding');
  return inbox;
}

export const sendingQuery = queryOptions({
  queryKey: ['sending'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/sending', { signal })),
});
export type SendingScope =
  | { scope: 'workspace' }
  | { scope: 'server' }
  | { scope: 'inbox'; id: string };
export function switchSending(at: SendingScope, stopped: boolean, reason: string) {
  const body = { stopped, reason };
  const call =
    at.scope === 'inbox'
      ? ok(api.PUT('/api/v1/sending/inboxes/{id}', { ...path(at.id), body }))
      : at.scope === 'workspace'
        ? ok(api.PUT('/api/v1/sending/workspace', { body }))
        : ok(api.PUT('/api/v1/sending/server', { body }));
  return changed('sending', call);
}

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/workspace', { signal })),
});
export async function changeWorkspace(body: {
  name?: string;
  brand?: string;
  time_zone?: string;
  help_text?: string;
  reclassify?: Schemas['Reclassify'];
  age_gated?: boolean;
  sending_policy?: Schemas['SendingPolicy'];
  language?: Schemas['Language'];
  clarify_hours?: number;
  answers?: Schemas['OwnAnswer'][];
}) {
  const workspace = await changed('workspace', ok(api.PATCH('/api/v1/workspace', { body })));
  await refetch('me');
  return workspace;
}

export const onboardingQuery = queryOptions({
  queryKey: ['onboarding'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/onboarding', { signal })),
});
export const watchesQuery = queryOptions({
  queryKey: ['watches'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/watches', { signal })),
  refetchInterval: 60_000,
});
export const versionQuery = queryOptions({
  queryKey: ['version'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/version', { signal })),
});

export const demoQuery = queryOptions({
  queryKey: ['demo'],
  queryFn: ({ signal }) => ok(api.GET('/api/v1/demo', { signal })),
  // Progress is worth a look each second while there is some, and none after.
  refetchInterval: (query) =>
    query.state.data && ['filling', 'removing'].includes(query.state.data.state) ? 1000 : false,
});
export const startDemo = (conversations: number) =>
  changed('demo', ok(api.POST('/api/v1/demo', { body: { conversations } })));
export const removeDemo = async () => {
  await changed('demo', ok(api.DELETE('/api/v1/demo')));
  await queryClient.invalidateQueries();
};
