import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Customer } from '@/api/customers';

interface Asked {
  method: string;
  params: { path?: Record<string, string> };
  body: unknown;
}
const server = vi.hoisted(() => ({
  asked: [] as Asked[],
  answer: (_: Asked): unknown => undefined,
}));
vi.mock('@/api/client', () => {
  const ask =
    (method: string) =>
    async (_path: string, init: { params?: Asked['params']; body?: unknown } = {}) => {
      const asked = { method, params: init.params ?? {}, body: init.body };
      server.asked.push(asked);
      return server.answer(asked);
    };
  return {
    api: { GET: ask('GET'), PUT: ask('PUT'), DELETE: ask('DELETE'), PATCH: ask('PATCH') },
    ok: async (call: Promise<unknown>) => await call,
  };
});

const { queryClient } = await import('@/api/query-client');
const { Clocks, Places } = await import('@/features/customers/Places');
const { toApiError } = await import('@/api/errors');

const ADA: Customer = {
  id: 'cus_1',
  name: 'Ada Byron',
  notes: '',
  merged_into: null,
  merges: [],
  addresses: [{ address: '+12125550123', opted_out: false, zone_guess: 'America/New_York' }],
  places: [
    {
      kind: 'shipping',
      country: 'US',
      region: 'CA',
      postal_code: '90012',
      time_zone: '',
      source: 'shop',
      known_at: Date.UTC(2026, 2, 6, 12),
    },
  ],
  whereabouts: [
    {
      address: '+12125550123',
      zones: ['America/Los_Angeles', 'America/New_York'],
      states: ['CA', 'NY'],
      told_by: ['number', 'shipping'],
      unread: ['billing'],
    },
  ],
  orders: [],
  conversations: [],
  created_at: 0,
  last_at: 0,
};

const show = (customer: Customer) =>
  render(
    <QueryClientProvider client={queryClient}>
      <Places customer={customer} />
    </QueryClientProvider>,
  );

afterEach(() => {
  cleanup();
  queryClient.clear();
  server.asked = [];
});

describe('where a customer may be', () => {
  it('says each place, who it is known from, and what tells', () => {
    show(ADA);
    expect(screen.getByText('CA 90012, US')).toBeTruthy();
    expect(screen.getByText('From the shop, Mar 6, 2026')).toBeTruthy();
    expect(screen.getAllByText('Not known')).toHaveLength(2);
    const told = screen.getByText(/^By number and shipping address\./).textContent;
    expect(told).toContain('Not understood, and so no help: billing address.');
  });

  it('shows every clock there is, and none where none is known', () => {
    render(<Clocks of={ADA.whereabouts[0]} />);
    expect(screen.getByText(/in Los Angeles · .* in New York$/)).toBeTruthy();
    cleanup();
    render(<Clocks of={undefined} />);
    expect(screen.getByText('Time zone unknown')).toBeTruthy();
  });

  it('takes what they say, as theirs', async () => {
    server.answer = () => ADA;
    show(ADA);
    fireEvent.click(screen.getByRole('button', { name: 'Change place: They say' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change place: They say' }));
    expect(dialog.queryByRole('button', { name: 'Forget this place' })).toBeNull();
    fireEvent.change(dialog.getByLabelText('Time zone'), { target: { value: 'America/Denver' } });
    fireEvent.click(dialog.getByLabelText('They said so themselves'));
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const [put] = server.asked;
    expect(put?.params.path).toEqual({ id: 'cus_1', kind: 'declared' });
    expect(put?.body).toEqual({
      country: '',
      region: '',
      postal_code: '',
      time_zone: 'America/Denver',
      source: 'customer',
    });
  });

  it('says at the field what cannot be read, and forgets a place', async () => {
    server.answer = ({ method }) => {
      if (method !== 'PUT') return null;
      const detail = '"1234" is neither a ZIP code nor a Canadian postal code';
      const errors = [{ field: 'postal_code', code: 'zip_invalid', detail }];
      const problem = { type: '', title: '', status: 422, code: 'invalid', detail: '', errors };
      throw toApiError(new Response(null, { status: 422 }), problem);
    };
    show(ADA);
    fireEvent.click(screen.getByRole('button', { name: 'Change place: Shipping' }));
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(dialog.getByLabelText('ZIP code'), { target: { value: '1234' } });
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('neither a ZIP code');
    fireEvent.click(dialog.getByRole('button', { name: 'Forget this place' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(server.asked.at(-1)).toMatchObject({
      method: 'DELETE',
      params: { path: { id: 'cus_1', kind: 'shipping' } },
    });
  });
});
