import type { InfiniteData } from '@tanstack/react-query';
import { unsureTextsQuery } from '../consents';
import { countsQuery, findRow, refreshRow } from '../conversations';
import { queryClient } from '../query-client';
import { catchUp, refreshMessage, type Thread } from '../threads';
import type { Plan } from './plan';

/** Above this many conversations at once the lists are asked for anew, and not each row by itself. */
const SINGLE_MAX = 60;
/** So many rows are asked for at a time. */
const AT_ONCE = 6;
/** Pages of a list that survive when all of it is asked for anew. */
const PAGES_KEPT = 4;
/** Counts are one query over the workspace: at most twice a second. */
const COUNTS_MS = 500;

const NOUN_QUERIES: Record<string, string[]> = {
  sending: ['sending'],
  stop: ['sending'],
  inbox: ['inboxes', 'join-words', 'sending', 'onboarding', 'conversations', 'conversation'],
  account: ['accounts', 'onboarding'],
  member: ['members', 'onboarding'],
  invite: ['invites'],
  customer: ['customers', 'customer', 'search', 'search-pages'],
  workspace: ['workspace', 'me'],
  rules: ['rules', 'rule-overrides', 'rule-packs', 'rule-pack', 'windows'],
  watch: ['watches'],
  demo: ['demo', 'conversations', 'conversation-counts'],
  erasure: [
    'erasures',
    'customers',
    'customer',
    'conversations',
    'conversation-counts',
    'opt-outs',
  ],
  opt: ['customer', 'text-preview', 'opt-outs'],
  import: ['imports', 'onboarding'],
  consent: ['customer', 'text-preview', 'opt-outs', 'consents'],
};

/** Brings what is cached up to a plan, with as few questions as that takes. */
export async function refresh(plan: Plan): Promise<void> {
  await Promise.allSettled([
    ...refreshRows(plan),
    ...refreshThreads(plan),
    ...[...plan.consents].flatMap(refreshConsent),
    ...[...plan.nouns].flatMap((noun) =>
      (NOUN_QUERIES[noun] ?? []).map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
    ),
    plan.moved.size + plan.touched.size > 0 ? refreshCounts() : Promise.resolve(),
  ]);
}

function refreshRows({ moved, touched }: Plan): Promise<unknown>[] {
  // What only changed in itself matters where it is held; what moved may belong to a list now.
  const ids = new Set([...moved, ...[...touched].filter((id) => findRow(id) !== undefined)]);
  if (ids.size > SINGLE_MAX) return [refreshLists()];
  const waiting = [...ids];
  const next = async (): Promise<void> => {
    const id = waiting.shift();
    if (!id) return;
    await refreshOne(id).catch(() => {
      // Its next change, or the next opening, asks again.
    });
    await next();
  };
  return Array.from({ length: Math.min(AT_ONCE, waiting.length) }, next);
}

async function refreshOne(id: string) {
  const before = findRow(id);
  const row = await refreshRow(id);
  // The customer's panel lists conversations with their state.
  if (row && before?.status !== row.status) await refreshCustomer(row.customer.id);
}

/** A list scrolled far down is many pages, each a question: only its beginning is asked for anew. */
async function refreshLists() {
  queryClient.setQueriesData<InfiniteData<unknown>>({ queryKey: ['conversations'] }, (data) =>
    data && data.pages.length > PAGES_KEPT
      ? {
          pages: data.pages.slice(0, PAGES_KEPT),
          pageParams: data.pageParams.slice(0, PAGES_KEPT),
        }
      : data,
  );
  await queryClient.invalidateQueries({ queryKey: ['conversations'] });
}

/** Everything on screen is asked for again; what is not shown is only marked old. */
export async function refreshAll() {
  await refreshLists();
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] !== 'conversations',
  });
}

const refreshCustomer = (id: string) =>
  queryClient.invalidateQueries({ queryKey: ['customer', id] });

function refreshThreads({ created, states }: Plan): Promise<unknown>[] {
  const known = (conversation: string, message: string) =>
    queryClient
      .getQueryData<Thread>(['messages', conversation])
      ?.items.some((item) => item.id === message) ?? false;
  const work: Promise<unknown>[] = [];
  for (const [conversation, messages] of created) {
    // One's own text came with the answer to its sending.
    if ([...messages].every((message) => known(conversation, message))) continue;
    work.push(catchUp(conversation), refreshPreview(conversation));
  }
  for (const [message, conversation] of states) {
    if (known(conversation, message)) work.push(refreshMessage(conversation, message));
  }
  return work;
}

const refreshPreview = (conversation: string) =>
  queryClient.invalidateQueries({
    queryKey: ['text-preview', { conversation_id: conversation }],
  });

function refreshConsent(conversation: string): Promise<unknown>[] {
  const row = findRow(conversation);
  return [
    queryClient.invalidateQueries({ queryKey: unsureTextsQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: ['opt-outs'] }),
    queryClient.invalidateQueries({ queryKey: ['consents'] }),
    refreshPreview(conversation),
    row ? refreshCustomer(row.customer.id) : Promise.resolve(),
  ];
}

let countsAt = 0;
let countsTimer: ReturnType<typeof setTimeout> | undefined;
/** The last change is never missed, however fast they come. */
async function refreshCounts() {
  clearTimeout(countsTimer);
  const wait = countsAt + COUNTS_MS - Date.now();
  if (wait > 0) {
    countsTimer = setTimeout(() => void refreshCounts(), wait);
    return;
  }
  countsAt = Date.now();
  await queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
}
