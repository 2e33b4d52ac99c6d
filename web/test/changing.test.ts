import { beforeEach, describe, expect, it, vi } from 'vitest';

interface Ask {
  method: string;
  url: string;
  answer: (body: unknown) => void;
  refuse: () => void;
}
const asks: Ask[] = [];
vi.stubGlobal('fetch', (request: Request) => {
  return new Promise((done) => {
    const say = (body: unknown, status: number) =>
      done(
        new Response(JSON.stringify(body), {
          status,
          headers: { 'content-type': 'application/json' },
        }),
      );
    asks.push({
      method: request.method,
      url: new URL(request.url).pathname,
      answer: (body) => say(body, 200),
      refuse: () => say({ code: 'conflict', detail: 'It is closed already.' }, 409),
    });
  });
});

const { closeConversation, listQuery, markRead, refreshRow } = await import('@/api/conversations');
const { queryClient } = await import('@/api/query-client');
type Row = import('@/api/conversations').Conversation;

const row = (status: Row['status']): Row => ({
  id: 'conv_1',
  customer: { id: 'cus_1', name: 'Ava', address: '+14155550100' },
  inbox: { id: 'inb_1', name: 'Support', address: '+14155550199' },
  status,
  assignee: null,
  preview: '',
  last_direction: 'inbound',
  last_at: 1,
  waiting_since: null,
  unread: false,
  snoozed_until: null,
  complaint_since: null,
  has_failed: false,
  opted_out: false,
  draft: false,
  last_seq: 1,
});
const all = listQuery({ view: 'all', sort: 'newest' });
const listed = () =>
  queryClient.getQueryData(all.queryKey)?.pages.flatMap((page) => page.items.map(({ id }) => id));
const asked = async (method: string, ending: string) => {
  const is = (ask: Ask) => ask.method === method && ask.url.endsWith(ending);
  await vi.waitFor(() => expect(asks.some(is)).toBe(true));
  return asks.splice(asks.findIndex(is), 1)[0] as Ask;
};

beforeEach(() => {
  asks.length = 0;
  queryClient.clear();
  queryClient.setQueryData(all.queryKey, {
    pages: [{ items: [row('open')], next_cursor: null }],
    pageParams: [undefined],
  });
});

describe('a conversation closed here', () => {
  it('is not brought back by an answer from before', async () => {
    const refreshed = refreshRow('conv_1');
    const old = await asked('GET', 'conv_1');
    const closed = closeConversation('conv_1');
    const close = await asked('POST', 'close');
    expect(listed()).toEqual([]);
    old.answer(row('open'));
    await new Promise((done) => setTimeout(done));
    expect(listed(), 'while it is being closed').toEqual([]);
    close.answer(row('closed'));
    await closed;
    expect(listed()).toEqual([]);
    // What was put off is asked for now, and counts.
    (await asked('GET', 'conv_1')).answer(row('open'));
    await vi.waitFor(() => expect(listed()).toEqual(['conv_1']));
    await refreshed;
  });

  it('is not brought back by the answer to another change that was under way', async () => {
    const read = markRead('conv_1', 1);
    const reading = await asked('POST', 'read');
    const closed = closeConversation('conv_1');
    const close = await asked('POST', 'close');
    reading.answer(row('open'));
    await read;
    expect(listed()).toEqual([]);
    close.answer(row('closed'));
    await closed;
    expect(listed()).toEqual([]);
    (await asked('GET', 'conv_1')).answer(row('closed'));
  });

  it('comes back when the server refuses, and keeps what else was done to it', async () => {
    const read = markRead('conv_1', 1);
    const reading = await asked('POST', 'read');
    const closed = closeConversation('conv_1');
    (await asked('POST', 'close')).refuse();
    await expect(closed).rejects.toThrow();
    expect(listed()).toEqual(['conv_1']);
    reading.answer(row('open'));
    await read;
  });

  it('is not brought back by a page asked for before', async () => {
    const page = queryClient.fetchInfiniteQuery({ ...all, staleTime: 0 });
    const old = await asked('GET', '/conversations');
    const closed = closeConversation('conv_1');
    (await asked('POST', 'close')).answer(row('closed'));
    await closed;
    old.answer({ items: [row('open')], next_cursor: null });
    await page;
    expect(listed()).toEqual([]);
  });
});
