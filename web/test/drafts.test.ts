import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const server = vi.hoisted(() => ({ log: [] as string[], slow: Promise.resolve() }));
vi.mock('@/api/messages', () => ({
  saveDraft: async (_id: string, body: string) => {
    await server.slow;
    server.log.push(`save ${body}`);
  },
  dropDraft: async () => {
    server.log.push('drop');
  },
  loadDraft: async () => ({ body: 'from another device', revision: 5, updated_at: 1 }),
}));

const { queryClient } = await import('@/api/query-client');
const { meQuery } = await import('@/api/session');
const { openDraft, returnDraft, takeDraft, useDrafts } = await import('@/features/composer/drafts');
const draft = (id: string) => useDrafts.getState().by[id];
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  vi.useFakeTimers();
  server.log = [];
  server.slow = Promise.resolve();
  localStorage.clear();
  useDrafts.setState({ by: {} });
  const me = { member: { id: 'mem_1' }, workspace: { id: 'ws_1' } };
  queryClient.setQueryData(meQuery.queryKey, me as never);
});
afterEach(() => vi.useRealTimers());

describe('drafts', () => {
  it('keeps each letter in this browser at once and saves to the server when typing rests', async () => {
    useDrafts.getState().change('a', { text: 'hel' });
    useDrafts.getState().change('a', { text: 'hello' });
    expect(localStorage.getItem('hark.draft.mem_1:ws_1.a')).toContain('hello');
    expect(server.log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.log).toEqual(['save hello']);
  });

  it('survives a reload', async () => {
    useDrafts.getState().change('b', { text: 'kept', note: 'and this' });
    useDrafts.setState({ by: {} });
    await openDraft('b', false);
    expect(draft('b')).toMatchObject({ text: 'kept', note: 'and this' });
  });

  it('takes what another device kept, unless this one has newer words', async () => {
    await openDraft('c', true);
    expect(draft('c')?.text).toBe('from another device');
    useDrafts.getState().change('d', { text: 'mine' });
    await openDraft('d', true);
    expect(draft('d')?.text).toBe('mine');
  });

  it('a deleted draft stays deleted over a reload that came before the server heard of it', async () => {
    useDrafts.getState().change('g', { text: 'deleted soon' });
    await vi.advanceTimersByTimeAsync(1000);
    useDrafts.getState().change('g', { text: '' });
    // The page goes within the second; the server still has what was typed.
    vi.clearAllTimers();
    useDrafts.setState({ by: {} });
    await openDraft('g', true);
    expect(draft('g')?.text).toBe('');
    await settle();
    expect(server.log).toEqual(['save deleted soon', 'drop']);
    expect(localStorage.getItem('hark.draft.mem_1:ws_1.g')).toBeNull();
  });

  it('a late save never revives a sent draft', async () => {
    let release = () => {};
    server.slow = new Promise((done) => {
      release = () => done(undefined);
    });
    useDrafts.getState().change('e', { text: 'sent soon' });
    await vi.advanceTimersByTimeAsync(1000);
    // The save is on its way and hangs; the text is sent meanwhile.
    expect(takeDraft('e', 'text').text).toBe('sent soon');
    expect(localStorage.getItem('hark.draft.mem_1:ws_1.e')).toBeNull();
    release();
    await settle();
    expect(server.log).toEqual(['save sent soon', 'drop']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.log).toEqual(['save sent soon', 'drop']);
  });

  it('a save that had not begun is never made after sending', async () => {
    useDrafts.getState().change('f', { text: 'quick' });
    takeDraft('f', 'text');
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.log).toEqual([]);
  });

  it('gives refused words back without losing what was typed since', () => {
    useDrafts.getState().change('g', { text: 'first' });
    const sent = takeDraft('g', 'text');
    useDrafts.getState().change('g', { text: 'second' });
    returnDraft('g', 'text', sent);
    expect(draft('g')?.text).toBe('first\nsecond');
  });

  it('keeps the note when the text is sent', () => {
    useDrafts.getState().change('h', { text: 'out', note: 'in' });
    takeDraft('h', 'text');
    expect(draft('h')).toMatchObject({ text: '', note: 'in' });
  });
});
