import { create } from 'zustand';
import { api, ok } from './client';
import { countsQuery, findRow, patchRow } from './conversations';
import { ApiError } from './errors';
import { readEventStream, type StreamEvent } from './event-stream';
import { loadNewer, refreshMessage, type Thread } from './messages';
import { queryClient } from './query-client';

/** The server sends a comment each 15 s; longer silence than this means a dead line. */
const SILENCE_MS = 25_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 15_000;
/** Above this many conversations in one frame one list request is cheaper than single ones. */
const SINGLE_MAX = 8;

export type Line = 'connecting' | 'open' | 'lost';

export const useLine = create<{ line: Line; since: number }>(() => ({
  line: 'connecting',
  since: 0,
}));
const setLine = (line: Line) => {
  if (useLine.getState().line !== line) useLine.setState({ line, since: Date.now() });
};

interface Change {
  kind: string;
  conversation_id?: string;
  message_id?: string;
}

function readChange(text: string): Change | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
    const word = (key: string) => {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === 'string' ? found : undefined;
    };
    const conversation = word('conversation_id');
    // The subject is an id with its prefix; a message's is the one worth fetching alone.
    const subject = word('subject');
    const message = subject?.startsWith('msg_') ? subject : undefined;
    return {
      kind: word('kind') ?? '',
      ...(conversation ? { conversation_id: conversation } : {}),
      ...(message ? { message_id: message } : {}),
    };
  } catch {
    return null;
  }
}

/** What a batch of changes asks for: each conversation and message once, whatever their number. */
export function planChanges(changes: readonly Change[]) {
  const conversations = new Set<string>();
  const messages = new Map<string, string>();
  const nouns = new Set<string>();
  for (const change of changes) {
    if (change.conversation_id) {
      conversations.add(change.conversation_id);
      if (change.message_id) messages.set(change.message_id, change.conversation_id);
    } else {
      nouns.add(change.kind.split(/[._]/)[0] ?? '');
    }
  }
  return { conversations, messages, nouns };
}

const NOUN_QUERIES: Record<string, string[]> = {
  sending: ['sending'],
  stop: ['sending'],
  inbox: ['inboxes', 'sending', 'onboarding'],
  account: ['accounts', 'onboarding'],
  member: ['members', 'onboarding'],
  invite: ['invites'],
  customer: ['customers', 'customer'],
  workspace: ['workspace', 'me'],
  watch: ['watches'],
  demo: ['demo', 'conversations', 'conversation-counts'],
  opt: ['customer', 'text-preview'],
};

let stream: AbortController | null = null;
let since = '';
let retry = RETRY_MIN_MS;
let silence: ReturnType<typeof setTimeout> | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let queue: Change[] = [];
let scheduled = false;
let flushing = false;

function schedule() {
  if (scheduled) return;
  scheduled = true;
  const run = () => {
    scheduled = false;
    void flush();
  };
  // A hidden tab gets no frames, and still wants its title and counts right.
  if (document.hidden) setTimeout(run, 250);
  else requestAnimationFrame(run);
}

async function flush() {
  if (flushing || queue.length === 0) return;
  flushing = true;
  const { conversations, messages, nouns } = planChanges(queue);
  queue = [];
  try {
    await Promise.allSettled([
      ...refreshConversations(conversations),
      ...refreshThreads(conversations, messages),
      ...[...nouns].flatMap((noun) =>
        (NOUN_QUERIES[noun] ?? []).map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
      ),
      conversations.size > 0 ? refreshCounts() : Promise.resolve(),
    ]);
  } finally {
    flushing = false;
    if (queue.length > 0) schedule();
  }
}

function refreshConversations(ids: ReadonlySet<string>): Promise<unknown>[] {
  if (ids.size > SINGLE_MAX)
    return [queryClient.invalidateQueries({ queryKey: ['conversations'] })];
  return [...ids].map(async (id) => {
    patchRow(await ok(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } })));
  });
}

function refreshThreads(
  ids: ReadonlySet<string>,
  messages: ReadonlyMap<string, string>,
): Promise<unknown>[] {
  const work: Promise<unknown>[] = [];
  for (const id of ids) {
    const thread = queryClient.getQueryData<Thread>(['messages', id]);
    if (!thread) continue;
    work.push(loadNewer(id));
    for (const [message, conversation] of messages) {
      if (conversation === id && thread.items.some((item) => item.id === message)) {
        work.push(refreshMessage(id, message));
      }
    }
    const row = findRow(id);
    if (row && queryClient.getQueryData(['customer', row.customer.id])) {
      work.push(queryClient.invalidateQueries({ queryKey: ['customer', row.customer.id] }));
    }
    work.push(
      queryClient.invalidateQueries({ queryKey: ['text-preview', { conversation_id: id }] }),
    );
  }
  return work;
}

let countsAt = 0;
let countsTimer: ReturnType<typeof setTimeout> | undefined;
/** Counts are one query over the workspace: at most twice a second, the last change never missed. */
async function refreshCounts() {
  clearTimeout(countsTimer);
  const wait = countsAt + 500 - Date.now();
  if (wait > 0) {
    countsTimer = setTimeout(() => void refreshCounts(), wait);
    return;
  }
  countsAt = Date.now();
  await queryClient.invalidateQueries({ queryKey: countsQuery.queryKey });
}

/** Everything on screen is asked for again; what is not shown is only marked old. */
function refetchVisible() {
  queue = [];
  void queryClient.invalidateQueries();
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(reconnect, SILENCE_MS);
}

function reconnect() {
  clearTimeout(silence);
  clearTimeout(again);
  stream?.abort();
  stream = null;
  setLine('lost');
  const wait = retry * (0.5 + Math.random());
  retry = Math.min(retry * 2, RETRY_MAX_MS);
  again = setTimeout(() => void connect(), wait);
}

async function connect() {
  const own = new AbortController();
  stream = own;
  heard();
  // Without a position nothing is replayed, so what changed before the line stood is asked for.
  const catchUp =
    since === '' && queryClient.getQueryCache().findAll({ queryKey: ['conversations'] }).length > 0;
  try {
    await readEventStream(
      `/api/v1/live${since ? `?since=${encodeURIComponent(since)}` : ''}`,
      own.signal,
      {
        onOpen() {
          retry = RETRY_MIN_MS;
          setLine('open');
          if (catchUp) void queryClient.invalidateQueries({ queryKey: ['conversations'] });
        },
        onBytes: heard,
        onEvent: receive,
      },
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      clearTimeout(silence);
      void queryClient.invalidateQueries({ queryKey: ['conversation-counts'] });
      return;
    }
  }
  if (!own.signal.aborted) reconnect();
}

function receive(event: StreamEvent) {
  if (event.name === 'reset') {
    since = event.id;
    refetchVisible();
    return;
  }
  if (event.id) since = event.id;
  if (event.name !== 'change') return;
  const change = readChange(event.data);
  if (!change) return;
  queue.push(change);
  schedule();
}

/** Opens the one stream of this tab. Returns how to close it. */
export function startLive(): () => void {
  const online = () => {
    retry = RETRY_MIN_MS;
    reconnect();
  };
  addEventListener('online', online);
  void connect();
  return () => {
    removeEventListener('online', online);
    clearTimeout(silence);
    clearTimeout(again);
    stream?.abort();
    stream = null;
    since = '';
  };
}
