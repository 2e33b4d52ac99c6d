import { beforeEach, expect, it, vi } from 'vitest';
import type { Outgoing } from '@/api/outgoing';

const calls: string[] = [];
vi.stubGlobal('fetch', async (request: Request) => {
  calls.push(`${request.method} ${new URL(request.url).pathname}`);
  return new Response(null, { status: 204 });
});

const { queryClient } = await import('@/api/query-client');
const { enter, meQuery, signOut } = await import('@/api/session');
const { keeping, unsentOf } = await import('@/api/unsent');
const { openDraft, useDrafts } = await import('@/features/composer/drafts');
const { useNewTexts } = await import('@/features/composer/new-text-draft');

const MAYA = { member: { id: 'mem_maya' }, workspace: { id: 'ws_1' }, csrf: 'a' } as never;
const SAM = { member: { id: 'mem_sam' }, workspace: { id: 'ws_1' }, csrf: 'b' } as never;
const kept = () =>
  [localStorage, sessionStorage].flatMap((storage) =>
    Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? ''),
  );

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  calls.length = 0;
  queryClient.setQueryData(meQuery.queryKey, MAYA);
});

/** Words of every kind, as a member leaves them. */
function writes() {
  useDrafts.getState().change('conv_1', { text: 'half a reply', note: 'a private note' });
  useNewTexts.getState().begin('ws_1.mem_maya');
  useNewTexts.getState().change('ws_1.mem_maya', { body: 'half a new text' });
  const item: Outgoing = { id: 'msg_1', kind: 'text', body: 'On its way', media: [], at: 1 };
  const one = { conversation: 'conv_1', item, afterSeq: 3, close: false };
  void keeping(one, () => new Promise(() => {}));
}

it('signing out takes every word of the member out of the browser', async () => {
  localStorage.setItem('hark.draft.conv_9', '{"text":"as older versions kept it"}');
  localStorage.setItem('hark.draft.mem_sam:ws_1.conv_1', '{"text":"Sam’s own"}');
  localStorage.setItem('hark.theme', '"dark"');
  writes();
  expect(kept().filter((key) => key.includes('mem_maya'))).toHaveLength(3);
  await signOut();
  expect(kept().sort()).toEqual(['hark.draft.mem_sam:ws_1.conv_1', 'hark.theme']);
  expect([useDrafts.getState().by, useNewTexts.getState().by]).toEqual([{}, {}]);
  expect(calls, 'what was typed last is with the server first').toEqual([
    'PUT /api/v1/conversations/conv_1/draft',
    'DELETE /api/v1/session',
  ]);
});

it('who takes over without a sign-out finds no word of the member before', async () => {
  writes();
  enter(SAM);
  await openDraft('conv_1', false);
  expect(useDrafts.getState().by.conv_1).toBeUndefined();
  expect(unsentOf('mem_sam:ws_1')).toEqual([]);
  // And the member, back again, finds theirs.
  enter(MAYA);
  await openDraft('conv_1', false);
  expect(useDrafts.getState().by.conv_1?.text).toBe('half a reply');
  expect(unsentOf('mem_maya:ws_1')).toHaveLength(1);
});
