import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

interface Asked {
  method: string;
  path: string;
  params: { path?: Record<string, string>; query?: Record<string, unknown> };
  body: unknown;
}
const server = vi.hoisted(() => ({
  asked: [] as Asked[],
  answer: (_: Asked): unknown => undefined,
}));
vi.mock('@/api/client', async () => {
  const { ApiError, toApiError } = await import('@/api/errors');
  const ask =
    (method: string) =>
    async (path: string, init: { params?: Asked['params']; body?: unknown } = {}) => {
      const asked = { method, path, params: init.params ?? {}, body: init.body };
      server.asked.push(asked);
      return server.answer(asked);
    };
  return {
    ApiError,
    api: { GET: ask('GET'), PUT: ask('PUT'), POST: ask('POST'), PATCH: ask('PATCH') },
    ok: async (call: Promise<unknown>) => {
      const data = await call;
      if (data !== undefined) return data;
      const problem = { type: '', title: '', status: 404, code: 'not_found', detail: 'Not found.' };
      throw toApiError(new Response(null, { status: 404 }), problem);
    },
  };
});

const { queryClient } = await import('@/api/query-client');
const { RetentionTerms } = await import('@/features/compliance/RetentionTerms');
const { Erasures } = await import('@/features/compliance/Erasures');
const { isMeant } = await import('@/features/compliance/EraseDialog');

const show = (element: ReactElement) =>
  render(<QueryClientProvider client={queryClient}>{element}</QueryClientProvider>);
afterEach(() => {
  cleanup();
  queryClient.clear();
  server.asked = [];
});

const NOTES = {
  category: 'notes',
  days: null,
  days_min: 1,
  due: 0,
  oldest_at: null,
  run_at: null,
  gone: 0,
};

describe('terms', () => {
  const open = async (due: number) => {
    server.answer = ({ method, path }) => {
      if (path.endsWith('/due')) return { due, oldest_at: due > 0 ? Date.UTC(2024, 2, 6) : null };
      return { items: [{ ...NOTES, ...(method === 'PUT' ? { days: 365, due } : {}) }] };
    };
    show(<RetentionTerms mayRead mayChange />);
    fireEvent.click(await screen.findByRole('button', { name: /Private notes$/ }));
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(dialog.getByLabelText('Keep'), { target: { value: 'days' } });
    fireEvent.change(dialog.getByLabelText('Days'), { target: { value: '365' } });
    return dialog;
  };

  it('tell what they would remove before they are set', async () => {
    const dialog = await open(1_204);
    const deed = await dialog.findByRole('button', { name: 'Set it and remove 1,204' });
    expect(dialog.getByRole('status').textContent).toContain('would remove 1,204');
    expect(server.asked.some(({ method }) => method === 'PUT')).toBe(false);
    fireEvent.click(deed);
    expect(await screen.findByText('Kept for 365 days')).toBeTruthy();
    const put = server.asked.find(({ method }) => method === 'PUT');
    expect([put?.params.path, put?.body]).toEqual([{ category: 'notes' }, { days: 365 }]);
  });

  it('ask about no term that cannot be set', async () => {
    const dialog = await open(0);
    await dialog.findByText(/would remove nothing/);
    const before = server.asked.length;
    fireEvent.change(dialog.getByLabelText('Days'), { target: { value: '0' } });
    await waitFor(() => expect(dialog.getByRole('status').textContent).toBe(''));
    await new Promise((done) => setTimeout(done, 400));
    expect(server.asked.length).toBe(before);
  });

  it('are only read by those who may not change them', async () => {
    server.answer = () => ({ items: [NOTES] });
    show(<RetentionTerms mayRead mayChange={false} />);
    expect(await screen.findByText('Kept for good')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
    cleanup();
    show(<RetentionTerms mayRead={false} mayChange={false} />);
    expect(screen.getByText(/Your role may not read this/)).toBeTruthy();
  });

  it('say what went wrong, and ask again', async () => {
    server.answer = () => undefined;
    show(<RetentionTerms mayRead mayChange />);
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }, { timeout: 5_000 }));
    server.answer = () => ({ items: [NOTES] });
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }, { timeout: 5_000 }));
    expect(await screen.findByText('Kept for good')).toBeTruthy();
  }, 15_000);
});

const COUNTS = {
  conversations: 1,
  texts: 12,
  notes: 0,
  media: 2,
  drafts: 0,
  orders: 0,
  waiting: 1,
  consents: 3,
};
const ADA = {
  id: 'cus_1',
  name: 'Ada Byron',
  notes: '',
  addresses: [{ address: '+12125550123', opted_out: false, zone_guess: null }],
  places: [],
  whereabouts: [],
  orders: [],
  conversations: [],
  created_at: 0,
  last_at: 0,
};
const ERASURE = {
  id: 'ers_1',
  customer_id: 'cus_1',
  state: 'erasing',
  done: 3,
  total: 12,
  counts: COUNTS,
  actor_kind: 'member',
  actor_id: 'mem_1',
  actor_name: 'Maya Ortiz',
  created_at: Date.now(),
  finished_at: null,
};

describe('an erasure', () => {
  const open = (erasures: unknown[] = []) => {
    server.answer = ({ method, path }) => {
      if (path === '/api/v1/erasures') return { items: erasures, next_cursor: null };
      if (path === '/api/v1/customers/{id}') return ADA;
      if (path === '/api/v1/customers/{id}/erasure') return method === 'GET' ? COUNTS : ERASURE;
      return { items: [ADA], next_cursor: null };
    };
    const onChange = vi.fn();
    show(<Erasures customer="cus_1" q="" onChange={onChange} may />);
    return onChange;
  };

  it('tells what goes and what stays, and begins by the typed name alone', async () => {
    const onChange = open();
    fireEvent.click(await screen.findByRole('button', { name: 'Erase this customer' }));
    expect(screen.getByText('12 texts')).toBeTruthy();
    expect(screen.getByText('1 text that waits will not be sent.')).toBeTruthy();
    expect(screen.getByText(/^A keyed hash of their number/)).toBeTruthy();
    expect(screen.getByText(/^3 entries of the consent ledger, sealed/)).toBeTruthy();
    const dialog = within(await screen.findByRole('dialog', { name: 'Erase Ada Byron?' }));
    const field = dialog.getByLabelText('Type Ada Byron to confirm');
    const deed = dialog.getByRole('button', { name: 'Erase for good' });
    fireEvent.change(field, { target: { value: 'Ada' } });
    fireEvent.click(deed);
    expect(await dialog.findByText('That is not Ada Byron.')).toBeTruthy();
    expect(server.asked.some(({ method }) => method === 'POST')).toBe(false);
    fireEvent.change(field, { target: { value: ' ada  byron' } });
    fireEvent.click(deed);
    await waitFor(() => expect(onChange).toHaveBeenCalledWith({}));
    const post = server.asked.find(({ method }) => method === 'POST');
    expect(post?.path).toBe('/api/v1/customers/{id}/erasure');
  });

  it('that is under way cannot be asked for again, and shows how far it is', async () => {
    open([ERASURE]);
    expect(await screen.findByText(/^This customer is being erased/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Erase this customer' })).toBeNull();
    expect(screen.getByText('25%')).toBeTruthy();
  });

  it('of somebody who is gone says so', async () => {
    server.answer = ({ path }) =>
      path === '/api/v1/erasures' ? { items: [{ ...ERASURE, state: 'done' }] } : undefined;
    show(<Erasures customer="cus_1" q="" onChange={() => {}} may />);
    const gone = await screen.findByText('This customer is not here any more', undefined, {
      timeout: 5_000,
    });
    expect(gone).toBeTruthy();
    expect(screen.getByText('Done')).toBeTruthy();
  }, 10_000);

  it('finds customers by what was typed, a number as the server keeps it', async () => {
    const onChange = vi.fn();
    server.answer = ({ path }) => ({
      items: path === '/api/v1/customers' ? [ADA] : [],
      next_cursor: null,
    });
    show(<Erasures customer={undefined} q="(212) 555-0123" onChange={onChange} may />);
    fireEvent.click(await screen.findByRole('button', { name: 'Look at Ada Byron' }));
    expect(onChange).toHaveBeenCalledWith({ customer: 'cus_1', q: '(212) 555-0123' });
    const list = server.asked.find(({ path }) => path === '/api/v1/customers');
    expect(list?.params.query?.q).toBe('+12125550123');
  });
});

describe('the words that confirm', () => {
  const nameless = { ...ADA, name: '' };
  it.each([
    ['Ada Byron', ADA, true],
    ['(212) 555-0123', ADA, true],
    ['+1 212 555 0123', nameless, true],
    ['', nameless, false],
    ['   ', { ...nameless, addresses: [] }, false],
    ['cus_1', { ...nameless, addresses: [] }, true],
    ['212 555 0124', ADA, false],
  ])('%j', (typed, customer, meant) => {
    expect(isMeant(typed, customer)).toBe(meant);
  });
});
