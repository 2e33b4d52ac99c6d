import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Customer } from '@/api/customers';
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, toApiError } from '@/api/errors';
import type { Decision, Message } from '@/api/messages';
import { type Sending, sendingQuery, watchesQuery } from '@/api/settings';
import { localTimes } from '@/features/composer/PreviewBar';
import { lookUpOf, recipientsOf } from '@/features/composer/recipients';
import { reasonWords } from '@/features/conversation/DeliveryState';
import { Banners } from '@/features/shell/Banners';
import { t } from '@/i18n/t';
import { previewOf } from '@/lib/preview';

afterEach(cleanup);

const failed = (status: number, code: string, errors: { field: string; code: string }[] = []) =>
  toApiError(new Response(null, { status }), {
    type: `urn:hark:problem:${code}`,
    title: 'A title',
    status,
    code,
    detail: 'the engine’s own words',
    errors: errors.map((error) => ({ ...error, detail: 'the engine’s own words' })),
  });

describe('the password rule', () => {
  it('is the one of the contract', () => {
    const file = join(import.meta.dirname, '../../openapi.json');
    const { components } = JSON.parse(readFileSync(file, 'utf8'));
    for (const [form, field] of [
      ['ResetAccept', 'password'],
      ['InviteAccept', 'password'],
      ['SessionPassword', 'new'],
    ] as const) {
      const { minLength, maxLength } = components.schemas[form].properties[field];
      expect([minLength, maxLength]).toEqual([PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX]);
    }
  });

  it.each(['length', 'too_short'])('is said in our words where the server says %s', (code) => {
    const error = failed(422, 'invalid', [{ field: 'password', code }]);
    expect(error.field('password')).toBe('Use at least 10 characters.');
    const changed = failed(422, 'invalid', [{ field: 'new', code }]);
    expect(changed.field('new')).toBe('Use at least 10 characters.');
  });

  it('says whose password a wrong one is not', () => {
    const error = failed(422, 'invalid', [{ field: 'current', code: 'wrong_password' }]);
    expect(error.field('current')).toBe('This is not your password.');
  });

  it('leaves words that are meant for people as they are', () => {
    const error = failed(422, 'invalid', [{ field: 'time_zone', code: 'unknown' }]);
    expect(error.field('time_zone')).toBe('the engine’s own words');
    expect(error.field('password')).toBeUndefined();
  });
});

describe('a wrong set-up code', () => {
  it('is said at its field and nowhere else', () => {
    const error = failed(403, 'wrong_setup_code');
    expect(error.field('code')).toMatch(/^This code is wrong/);
    expect(error.field('password')).toBeUndefined();
    expect(error.hasFields).toBe(true);
    expect(failed(403, 'forbidden').hasFields).toBe(false);
  });
});

describe('the time where a text goes', () => {
  const there = (...times: string[]) =>
    localTimes({
      decision: { local_times: times.map((time) => ({ zone: '', time })) } as Decision,
    }).replaceAll(/\s/g, ' ');
  it.each([
    [[], ''],
    [['2026-11-26T12:15'], '12:15 PM there'],
    [['2026-11-26T23:15', '2026-11-27T00:15'], '11:15 PM to 12:15 AM there'],
    [['2026-11-26T13:15', '2026-11-26T12:15'], '12:15 PM to 1:15 PM there'],
  ])('%j', (times, words) => {
    expect(there(...times)).toBe(words);
  });
});

describe('a preview in a list', () => {
  const row = { preview: '', last_direction: 'inbound' as const, has_failed: false };
  it.each([
    [{ ...row, preview: 'Ready?' }, 'Ready?'],
    [{ ...row, last_direction: 'outbound' as const }, 'Photo'],
    [{ ...row, has_failed: true }, 'A text was not sent'],
    [{ ...row, has_failed: true, waiting_since: 1 }, '(empty text)'],
    [row, '(empty text)'],
  ])('%j', (given, words) => {
    expect(previewOf(given)).toBe(words);
  });
});

describe('a stop', () => {
  const on = { stopped: false, by: null, at: null, reason: null };
  const off = { stopped: true, by: 'Dana', at: 1, reason: 'test' };
  const show = (sending: Sending | undefined, operates = true) => {
    const client = new QueryClient({
      defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, enabled: false } },
    });
    if (sending) client.setQueryData(sendingQuery.queryKey, sending);
    client.setQueryData(watchesQuery.queryKey, {
      items: [
        {
          code: 'sending_stopped',
          detail: 'All was stopped.',
          severity: 'warning',
          since: 1,
          ask: [],
        },
        {
          code: 'disk_low',
          detail: 'The disk is full.',
          severity: 'warning',
          since: 1,
          ask: ['Dana'],
        },
      ],
    });
    render(
      <QueryClientProvider client={client}>
        <Banners operates={operates} onSettings={undefined} />
      </QueryClientProvider>,
    );
  };

  it('is told once, with its reason apart', () => {
    show({ server: on, workspace: off, inboxes: [] });
    expect(screen.getByText('Sending is stopped for this workspace, by Dana.')).toBeTruthy();
    expect(screen.getByText('Reason: test')).toBeTruthy();
    expect(screen.queryByText('All was stopped.')).toBeNull();
    expect(screen.getByText('The disk is full.')).toBeTruthy();
  });

  it('stands alone before who does not run the server', () => {
    show({ server: on, workspace: off, inboxes: [] }, false);
    expect(screen.getByText('Sending is stopped for this workspace, by Dana.')).toBeTruthy();
    expect(screen.queryByText('The disk is full.')).toBeNull();
  });

  it('is told by the watch to whom the switches are not shown', () => {
    show(undefined);
    expect(screen.getByText('All was stopped.')).toBeTruthy();
  });
});

describe('why a text failed', () => {
  const told = (state: Message['state'], code: string) =>
    reasonWords({ state, reason: { code, detail: 'As the server has it (x9).' } });
  it('is said in words where the server gives a class', () => {
    expect(told('failed', 'carrier_filtered')).toBe('The carrier took it for spam');
    expect(told('undelivered', 'landline')).toBe('A landline that takes no texts');
  });
  it('is said in our words where the gate refused it', () => {
    expect(told('refused', 'opted_out')).toBe(
      'They opted out. You can’t text them unless they text START.',
    );
    expect(told('ambiguous', 'ambiguous')).toMatch(/^The connection broke/);
  });
  it('is the server’s own sentence elsewhere', () => {
    expect(told('failed', 'unknown')).toBe('As the server has it (x9).');
    expect(told('refused', 'ny_own_rule')).toBe('As the server has it (x9).');
    expect(told('delivered', 'network')).toBeNull();
  });
  it('has words for every class there is, and no others', () => {
    const table = readFileSync(
      join(import.meta.dirname, '../../crates/domain/src/outcome.rs'),
      'utf8',
    ).split('classes! {')[1];
    const codes = [...(table ?? '').matchAll(/^ {4}\w+ = "(\w+)", \w+;$/gm)].map((hit) => hit[1]);
    expect(codes.length).toBeGreaterThan(10);
    expect(Object.keys(t.error_classes).sort()).toEqual(codes.sort());
  });
});

describe('whom a new text is for', () => {
  const ava = {
    id: 'c1',
    name: 'Ava',
    addresses: [{ address: '+13125550100' }, { address: '+14155550134' }],
  } as Customer;
  const typed = '(415) 555-0134';
  const to = '+14155550134';

  it('looks a whole number up as the server keeps it, and words as they are', () => {
    expect(lookUpOf(typed)).toBe(to);
    expect(lookUpOf(' Ava ')).toBe('Ava');
  });

  it('is new only once the answer to that number came empty', () => {
    const given = (answer: { to: string; customers: Customer[] | undefined; failed: boolean }) =>
      recipientsOf(typed, answer).unknown;
    expect(given({ to, customers: undefined, failed: false })).toBeNull();
    expect(given({ to: '(415) 555', customers: [], failed: false })).toBeNull();
    expect(given({ to, customers: [ava], failed: false })).toBeNull();
    expect(given({ to, customers: [], failed: false })).toEqual({ address: to, isNew: true });
    expect(given({ to, customers: undefined, failed: true })).toEqual({
      address: to,
      isNew: false,
    });
  });

  it('offers a customer under the number that was typed', () => {
    const { known } = recipientsOf(typed, { to, customers: [ava], failed: false });
    expect(known).toEqual([{ address: to, name: 'Ava', known: true }]);
  });
});
