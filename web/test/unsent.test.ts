import { expect, it, vi } from 'vitest';
import type { Outgoing } from '@/api/outgoing';
import { queryClient } from '@/api/query-client';
import { meQuery } from '@/api/session';
import { keeping, unsentOf } from '@/api/unsent';

const item: Outgoing = { id: 'msg_1', kind: 'text', body: 'On its way', media: [], at: 1 };
const one = { conversation: 'conv_1', item, afterSeq: 3, close: false };

it('what is being sent is kept until there is a word on it, or the page goes away', async () => {
  queryClient.setQueryData(meQuery.queryKey, {
    member: { id: 'mem_1' },
    workspace: { id: 'ws_1' },
  } as never);
  let hear: (word: string) => void = () => {};
  const first = keeping(one, () => new Promise<string>((done) => (hear = done)));
  expect(unsentOf('mem_1:ws_1')).toEqual([one]);
  expect(unsentOf('mem_2:ws_1'), 'another member').toEqual([]);
  hear('taken');
  expect(await first).toBe('taken');
  expect(unsentOf('mem_1:ws_1')).toEqual([]);

  await expect(keeping(one, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(unsentOf('mem_1:ws_1'), 'a refusal is a word').toEqual([]);

  const settled = vi.fn();
  let cut: () => void = () => {};
  void keeping(one, () => new Promise((_, fail) => (cut = () => fail(new Error('cut'))))).then(
    settled,
    settled,
  );
  dispatchEvent(new Event('pagehide'));
  cut();
  await new Promise((done) => setTimeout(done));
  expect(settled).not.toHaveBeenCalled();
  expect(unsentOf('mem_1:ws_1')).toHaveLength(1);
});
