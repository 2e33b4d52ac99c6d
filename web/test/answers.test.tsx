import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '@/api/client';

interface Asked {
  path: string;
  body: unknown;
}
const server = vi.hoisted(() => ({
  asked: [] as Asked[],
  answer: (_: Asked): unknown => undefined,
}));
vi.mock('@/api/client', () => {
  const ask = async (path: string, init: { body?: unknown } = {}) => {
    const asked = { path, body: init.body };
    if (init.body !== undefined) server.asked.push(asked);
    return server.answer(asked);
  };
  return {
    api: { GET: ask, PUT: ask, POST: ask, PATCH: ask },
    ok: async (call: Promise<unknown>) => await call,
  };
});

const { queryClient } = await import('@/api/query-client');
const { changedAnswers } = await import('@/features/settings/Answers');
const { Workspace } = await import('@/features/settings/Workspace');
const { OptOutDialog } = await import('@/features/compliance/OptOutDialog');
const { OverrideDialog } = await import('@/features/compliance/OverrideDialog');
const { toApiError } = await import('@/api/errors');

const ANSWERS: Schemas['AutomaticAnswer'][] = (['en', 'es', 'fr'] as const).flatMap((language) =>
  (['opt_out', 'opt_in', 'help'] as const).map((answer) => ({
    language,
    answer,
    own: language === 'es' && answer === 'opt_out' ? 'Fern: Adiós.' : '',
    words: `Fern: ${language} ${answer}`,
    parts: 1,
  })),
);

const POLICY: Schemas['SendingPolicy'] = {
  caps: { day: 3, week: 7, month: 20 },
  priority: ['person', 'bot', 'flow', 'campaign', 'api'],
  courtesy: { open_conversations: true, complaints: true },
};

const WORKSPACE: Schemas['Workspace'] = {
  id: 'ws_1',
  name: 'Fern',
  brand: 'Fern',
  time_zone: 'America/New_York',
  help_text: '',
  reclassify: 'order_texts',
  age_gated: false,
  sending_policy: POLICY,
  language: 'en',
  clarify_hours: 0,
  answers: ANSWERS,
  created_at: 0,
};

/** The problem a server answers with, about one field. */
function refused(field: string, detail: string): never {
  const errors = [{ field, code: 'wrong', detail }];
  const problem = { type: '', title: '', status: 422, code: 'invalid', detail: '', errors };
  throw toApiError(new Response(null, { status: 422 }), problem);
}

const show = (what: React.ReactNode) =>
  render(<QueryClientProvider client={queryClient}>{what}</QueryClientProvider>);

afterEach(() => {
  cleanup();
  queryClient.clear();
  server.asked = [];
  server.answer = () => undefined;
});

describe('the answers to STOP, START and HELP', () => {
  it('sends only what was changed, and what was emptied', () => {
    const typed: Record<string, string> = { 'answers.fr.help': ' Fern : 555-0100. STOP. ' };
    const changed = changedAnswers(ANSWERS, (name) => typed[name] ?? '');
    expect(changed).toEqual([
      { language: 'es', answer: 'opt_out', own: '' },
      { language: 'fr', answer: 'help', own: 'Fern : 555-0100. STOP.' },
    ]);
  });

  it('shows what customers get, and says at the words what they lack', async () => {
    server.answer = ({ path, body }) =>
      path === '/api/v1/workspace' && body !== undefined
        ? refused('answers.en.opt_out', 'It does not say who texts.')
        : WORKSPACE;
    show(<Workspace mayChange />);
    const words = await screen.findAllByLabelText(/^Confirmation of STOP in /);
    expect(words.map((field) => (field as HTMLTextAreaElement).placeholder)).toEqual([
      'Fern: en opt_out',
      '',
      'Fern: fr opt_out',
    ]);
    expect(words[1]).toHaveProperty('value', 'Fern: Adiós.');
    const [english] = words;
    if (!english) throw new Error('no field');
    const folded = () => english.closest('details');
    expect(folded()?.open).toBe(false);
    fireEvent.change(english, { target: { value: 'Bye.' } });
    fireEvent.change(screen.getByLabelText(/^Ask who texts STOP/), { target: { value: '24' } });
    // The sending policy below is saved by itself.
    const form = english.closest('form');
    if (!form) throw new Error('no form');
    fireEvent.click(within(form).getByRole('button', { name: 'Save' }));
    expect((await screen.findByRole('alert')).textContent).toBe('It does not say who texts.');
    // What is wrong is not left folded away.
    expect(folded()?.open).toBe(true);
    expect(server.asked[0]?.body).toMatchObject({
      language: 'en',
      clarify_hours: 24,
      answers: [{ language: 'en', answer: 'opt_out', own: 'Bye.' }],
    });
  });
});

describe('an opt-out by email', () => {
  it('sends the words, the sender and the date', async () => {
    show(<OptOutDialog number="+12125550101" onClose={() => {}} />);
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(dialog.getByLabelText('They asked'), { target: { value: 'email' } });
    expect(dialog.queryByLabelText('How they asked')).toBeNull();
    const type = (label: string, value: string) =>
      fireEvent.change(dialog.getByLabelText(label), { target: { value } });
    type('What the email says', 'Please stop.');
    type('From', 'ava@example.com');
    type('Sent', '2026-11-02T09:30');
    fireEvent.click(dialog.getByRole('button', { name: 'Opt out' }));
    await waitFor(() => expect(server.asked).toHaveLength(1));
    expect(server.asked[0]?.body).toEqual({
      address: '+12125550101',
      note: '',
      permits: 'all',
      email: {
        text: 'Please stop.',
        from: 'ava@example.com',
        sent_at: new Date(2026, 10, 2, 9, 30).getTime(),
      },
    });
  });
});

describe('an override', () => {
  const close = { kind: 'close', value: 'US-LA', reason: 'A storm' };

  it('is tried before it is made, and what is wrong is said at its field', async () => {
    server.answer = ({ path, body }) => {
      if (path === '/api/v1/rule-packs/{pack}') return { rules: [] };
      if (body === undefined) return { items: [], next_cursor: null };
      if (server.asked.length === 1) refused('override.reason', 'Say why.');
      return {};
    };
    const closed = vi.fn();
    show(<OverrideDialog pack="default_2" onClose={closed} />);
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(await dialog.findByLabelText('Place'), { target: { value: 'US-LA' } });
    fireEvent.change(dialog.getByLabelText('Until'), { target: { value: '2099-01-01T12:00' } });
    fireEvent.change(dialog.getByLabelText('Why'), { target: { value: 'A storm' } });
    const tries = dialog.getByRole('button', { name: 'Try it first' });
    fireEvent.click(tries);
    expect((await dialog.findByRole('alert')).textContent).toBe('Say why.');
    expect(closed).not.toHaveBeenCalled();
    fireEvent.click(tries);
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.asked.map(({ path }) => path)).toEqual([
      '/api/v1/rule-dry-runs',
      '/api/v1/rule-dry-runs',
    ]);
    expect(server.asked[1]?.body).toMatchObject({ override: close });
  });

  it('is made by its own button', async () => {
    server.answer = ({ path }) =>
      path === '/api/v1/rule-packs/{pack}' ? { rules: [] } : { items: [], next_cursor: null };
    const closed = vi.fn();
    show(<OverrideDialog pack="default_2" onClose={closed} />);
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(await dialog.findByLabelText('Place'), { target: { value: 'US-LA' } });
    fireEvent.change(dialog.getByLabelText('Until'), { target: { value: '2099-01-01T12:00' } });
    fireEvent.change(dialog.getByLabelText('Why'), { target: { value: 'A storm' } });
    fireEvent.click(dialog.getByRole('button', { name: 'Close the place' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/v1/rule-overrides']);
    expect(server.asked[0]?.body).toMatchObject(close);
  });
});
