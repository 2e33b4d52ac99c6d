import { beforeEach, expect, it, vi } from 'vitest';

interface Ask {
  path: string;
  after: number | null;
  before: number | null;
  answer: (items: Message[], has_more: boolean) => void;
  say: (body: unknown) => void;
}
const asks: Ask[] = [];
vi.stubGlobal('fetch', (request: Request) => {
  const url = new URL(request.url);
  const number = (name: string) =>
    url.searchParams.has(name) ? Number(url.searchParams.get(name)) : null;
  return new Promise((done) => {
    const say = (body: unknown) =>
      done(new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }));
    asks.push({
      path: url.pathname,
      after: number('after_seq'),
      before: number('before_seq'),
      answer: (items, has_more) => say({ items, has_more }),
      say,
    });
  });
});

const { catchUp, loadNewer, placeQuery, putMessages, showEnd } = await import('@/api/threads');
const { queryClient } = await import('@/api/query-client');
type Message = import('@/api/messages').Message;
type Thread = import('@/api/threads').Thread;

const message = (seq: number) =>
  ({ id: `msg_${seq}`, seq, state_at: seq, conversation_id: 'conv_1' }) as Message;
const key = ['messages', 'conv_1'];
const shown = () => queryClient.getQueryData<Thread>(key)?.items.map(({ seq }) => seq);
const asked = async () => {
  await vi.waitFor(() => expect(asks).not.toHaveLength(0));
  return asks.shift() as Ask;
};
const past = (): Thread => ({ items: [message(1), message(2)], hasOlder: false, hasNewer: true });
/** What the live stream and the answer to a send do with a message that was just written. */
const written = async (seq: number) => {
  await catchUp('conv_1');
  putMessages('conv_1', [message(seq)]);
};

beforeEach(() => {
  asks.length = 0;
  queryClient.clear();
  queryClient.setQueryData<Thread>(key, past());
});

it('what is written while the end of a thread is on its way is in it', async () => {
  const going = showEnd('conv_1');
  const end = await asked();
  await written(5);
  expect(shown(), 'it lies beyond a gap').toEqual([1, 2]);
  end.answer([message(3), message(4)], true);
  const since = await asked();
  expect(since.after).toBe(4);
  since.answer([message(5)], false);
  await going;
  expect(shown()).toEqual([3, 4, 5]);
});

it('what is written while the last page is on its way is behind it', async () => {
  const going = loadNewer('conv_1');
  const page = await asked();
  expect(page.after).toBe(2);
  await written(4);
  page.answer([message(3)], false);
  const since = await asked();
  expect(since.after).toBe(3);
  since.answer([message(4)], false);
  await going;
  expect(shown()).toEqual([1, 2, 3, 4]);
});

it('what is written while a link leads to a message near the end is there too', async () => {
  queryClient.removeQueries({ queryKey: key });
  const going = queryClient.fetchQuery(placeQuery('conv_1', 'msg_7'));
  (await asked()).say(message(7));
  const [above, below] = [await asked(), await asked()];
  expect([above.before, below.after]).toEqual([7, 7]);
  above.answer([message(6)], true);
  await written(9);
  below.answer([message(8)], false);
  const since = await asked();
  expect(since.after).toBe(8);
  since.answer([message(9)], false);
  await going;
  expect(shown()).toEqual([6, 7, 8, 9]);
});

it('a page in the middle asks for nothing more', async () => {
  const going = loadNewer('conv_1');
  (await asked()).answer([message(3)], true);
  await going;
  expect(asks).toHaveLength(0);
  expect(shown()).toEqual([1, 2, 3]);
});
