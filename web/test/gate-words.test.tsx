import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { toApiError } from '@/api/errors';
import type { Decision, Message } from '@/api/messages';
import { GateNotice, heldOf } from '@/features/composer/GateNotice';
import { DeliveryState } from '@/features/conversation/DeliveryState';
import { MessageView } from '@/features/conversation/MessageView';
import { AccountForm } from '@/features/settings/AccountForm';
import { t } from '@/i18n/t';
import { gateFix, gateWhy, gateWords, goesOn } from '@/lib/gate-words';
import { moment, momentIn } from '@/lib/time';

afterEach(cleanup);

const plain = (words: string | null | undefined) => words?.replaceAll(/\s+/g, ' ');
/** 3:30 in New York; the text goes on at 8:00 there, which is 13:00 in London. */
const NOW = Date.UTC(2026, 11, 8, 8, 30);
const UNTIL = Date.UTC(2026, 11, 8, 13);
const LAW =
  'It is 03:30 in America/New_York, where 08:00 to 21:00 is allowed that day. 47 CFR 64.1200(c)(1).';

describe('when a held text goes on', () => {
  const here = plain(moment(UNTIL, NOW));
  const full = (...zones: string[]) => plain(goesOn(UNTIL, zones, NOW).full);

  it('is told by the clock of a zone', () => {
    expect(plain(momentIn(UNTIL, NOW, 'America/New_York'))).toBe('8:00 AM');
    expect(plain(momentIn(UNTIL, NOW, 'Asia/Tokyo'))).toBe('10:00 PM');
    expect(plain(momentIn(UNTIL, NOW - 3_600_000 * 4, 'America/New_York'))).toBe(
      'tomorrow 8:00 AM',
    );
    expect(plain(momentIn(UNTIL, Date.UTC(2026, 11, 5, 12), 'America/New_York'))).toBe(
      'Tue 8:00 AM',
    );
    expect(plain(momentIn(UNTIL, Date.UTC(2026, 10, 1, 12), 'America/New_York'))).toBe(
      'Dec 8, 8:00 AM',
    );
    expect(momentIn(UNTIL, NOW, 'Mars/Olympus')).toBe('');
  });

  it('names the customer’s clock, and the reader’s where that differs', () => {
    const zone = 'Pacific/Kiritimati';
    const there = plain(momentIn(UNTIL, NOW, zone));
    expect(there).not.toBe(here);
    expect(full(zone)).toBe(`${there} Kiritimati time (${here} your time)`);
    expect(plain(goesOn(UNTIL, [zone], NOW).short)).toBe(`${there} there`);
  });

  it('says a time once where both clocks show the same', () => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(full(own)).not.toContain('your time');
    expect(full(own)).toMatch(/ time$/);
  });

  it('names no place where zones agree, and only the reader’s clock where they do not', () => {
    expect(full('America/New_York', 'America/Detroit')).toMatch(/^8:00 AM their time/);
    expect(full('America/New_York', 'America/Chicago')).toBe(`${here} your time`);
    expect(full()).toBe(`${here} your time`);
  });
});

describe('the words of the gate', () => {
  it('are ours by code, with the server’s sentence behind them', () => {
    const said = { code: 'quiet_hours', detail: LAW };
    expect(gateWords(said)).toBe('Quiet hours where they are.');
    expect(gateWhy(said)).toBe(LAW);
  });

  it('are the server’s where the code has none, told once', () => {
    const said = { code: 'ny_own_rule', detail: 'A rule of our own.' };
    expect(gateWords(said)).toBe('A rule of our own.');
    expect(gateWhy(said)).toBeNull();
  });

  it.each([
    [
      { code: 'too_long', given: { parts: 12, most: 10 } },
      'It has 12 parts. This number takes 10.',
    ],
    [{ code: 'too_long' }, 'It has more parts than this number takes.'],
    [
      { code: 'frequency_cap', given: { count: 3, hours: 24 } },
      'They had 3 marketing texts within 24 hours, as many as the rules allow.',
    ],
    [
      {
        code: 'quiet_hours',
        given: { time: '03:30', zone: 'America/New_York', opens: 480, closes: 1260 },
      },
      'It is 3:30 AM in New York, and texts may go from 8:00 AM to 9:00 PM there.',
    ],
    [
      { code: 'consent_missing', given: { needed: 'written' } },
      'Marketing needs written consent. None is on record.',
    ],
    [{ code: 'opted_out_topic', given: { scope: 'marketing' } }, 'They opted out of marketing.'],
    [
      { code: 'opted_out_topic', given: { scope: 'sale_alerts' } },
      'They opted out of sale_alerts.',
    ],
    [{ code: 'shaft_tobacco', given: { phrase: 'cigars' } }, 'It says “cigars”: tobacco.'],
    [{ code: 'sending_stopped', given: { place: 'inbox' } }, 'Sending is stopped in this inbox.'],
    [{ code: 'sending_stopped' }, 'Sending is stopped.'],
    [
      { code: 'shop_cap', given: { count: 3, days: 1 } },
      'They had 3 marketing texts within 24 hours, as many as your shop allows.',
    ],
    [
      { code: 'shop_cap', given: { count: 1, days: 30 } },
      'They had 1 marketing text within 30 days, as many as your shop allows.',
    ],
  ])('name what the server gives: %j', (said, words) => {
    expect(plain(gateWords({ detail: 'The server’s.', ...said }))).toBe(words);
  });

  it('take what a decision names from the rule that decided', () => {
    const rule = (detail: string, parts: number) => ({
      code: 'too_long',
      detail,
      given: { parts, most: 10 },
    });
    const decision = { code: 'too_long', detail: 'It is longer.' };
    expect(
      gateWords({ ...decision, rules: [rule('It is long.', 11), rule('It is longer.', 12)] }),
    ).toBe('It has 12 parts. This number takes 10.');
  });

  it('say what can be done, by the same codes', () => {
    expect(gateFix({ code: 'sender_not_named', fix: 'Of the server.' })).toBe(
      'Begin with the name of your brand.',
    );
    expect(gateFix({ code: 'ny_own_rule', fix: 'Of the server.' })).toBe('Of the server.');
    expect(gateFix({ code: 'sender_not_named', fix: null })).toBeNull();
  });

  it('cover every code that the gate and its rules about words have', () => {
    const crate = join(import.meta.dirname, '../../crates/domain');
    const gate = ['rules', 'law', 'shop', 'decision', 'question'].flatMap((name) => {
      const text = readFileSync(join(crate, `src/gate/${name}.rs`), 'utf8').split(
        '#[cfg(test)]',
      )[0];
      // A finding's code stands behind the name of its rule, which may be a variable or a row.
      const calls = /\.(?:refuse|hold|pass|by_row)\(\s*([^;]{0,200})/g;
      const found = [...(text ?? '').matchAll(calls)].flatMap(([, given = '']) => {
        const words = [...given.matchAll(/"([a-z]+(?:_[a-z]+)*)"/g)].map(([, word = '']) => word);
        const at = given.startsWith('"') ? 1 : 0;
        return words.slice(at, at + 1);
      });
      // Others are chosen first and said later.
      const chosen = /(?:Verdict::\w+,\s*|Some\(\(|\brule: (?="\w+",))"([a-z_]+)"/g;
      return [...found, ...[...(text ?? '').matchAll(chosen)].map(([, word = '']) => word)];
    });
    const texts = readFileSync(join(crate, 'data/rules/content_2.toml'), 'utf8');
    const rows = [...texts.matchAll(/^code = "(\w+)"$/gm)].map(([, code = '']) => code);
    expect(gate.length).toBeGreaterThan(15);
    expect(rows.length).toBeGreaterThan(10);
    const missing = [...gate, ...rows].filter((code) => !(code in t.gate));
    expect([...new Set(missing)]).toEqual([]);
    const fixes = texts.split(/^\[/m).filter((row) => /^fix = /m.test(row));
    const unfixed = fixes.map((row) => /^code = "(\w+)"$/m.exec(row)?.[1] ?? '');
    expect(unfixed.filter((code) => !(code in t.gate_fixes))).toEqual([]);
  });

  it('stand beside the composer with the clock named and the law folded away', () => {
    const decision = {
      verdict: 'hold',
      code: 'quiet_hours',
      detail: LAW,
      until: UNTIL,
      local_times: [{ zone: 'America/New_York', time: '2026-12-08T03:30' }],
      rules: [],
    } satisfies Decision;
    render(<GateNotice said={decision} held={heldOf(decision, NOW)} />);
    expect(plain(screen.getByText(/^Held until/).textContent)).toMatch(
      /^Held until 8:00 AM New York time/,
    );
    expect(screen.getByText('Why').tagName).toBe('SUMMARY');
    expect(screen.getByText(LAW).closest('details')?.open).toBe(false);
    const head = screen.getByText(/^Held until/).parentElement?.cloneNode(true) as HTMLElement;
    head.querySelector('details')?.remove();
    expect(head.textContent).not.toMatch(/America\/|CFR/);
  });

  it('give a send button a time that reads as a sentence', () => {
    expect(t.composer.send_at('8:00 AM there')).toBe('Send at 8:00 AM there');
    expect(t.composer.send_at('tomorrow 8:00 AM there')).toBe('Send tomorrow 8:00 AM there');
  });
});

const message = (patch: Partial<Message>) =>
  ({
    id: 'm1',
    conversation_id: 'c1',
    seq: 1,
    kind: 'outbound',
    body: '',
    author: null,
    media: [],
    state: 'held',
    state_at: NOW,
    created_at: NOW,
    held_until: UNTIL,
    reason: null,
    in_flight_at_opt_out: false,
    ...patch,
  }) as Message;

describe('a bubble', () => {
  it('that was refused says so in our words, with the record behind "Why"', () => {
    const detail = 'They opted out while it waited.';
    render(
      <DeliveryState
        message={message({
          state: 'refused',
          held_until: null,
          reason: { code: 'opted_out', detail },
        })}
        retried={false}
        now={NOW}
      />,
    );
    expect(screen.getByText(/^They opted out\. You can’t text them/)).toBeTruthy();
    expect(screen.getByText(detail).closest('details')?.open).toBe(false);
  });

  it('that is held names the clock and folds the law away', () => {
    render(
      <DeliveryState
        message={message({ reason: { code: 'quiet_hours', detail: LAW } })}
        retried={false}
        zone="America/New_York"
        now={NOW}
      />,
    );
    expect(plain(screen.getByText(/^Held until/).textContent)).toMatch(
      /^Held until 8:00 AM New York time/,
    );
    expect(screen.getByText('Quiet hours where they are.')).toBeTruthy();
    expect(screen.getByText(LAW).closest('details')?.open).toBe(false);
  });

  it('that waits for a conversation to end names no hour, which nobody knows', () => {
    const detail = 'They wait for an answer in an open conversation.';
    render(
      <DeliveryState
        message={message({ reason: { code: 'open_conversation', detail } })}
        retried={false}
        zone="America/New_York"
        now={NOW}
      />,
    );
    expect(screen.getByText('Held')).toBeTruthy();
    expect(screen.queryByText(/^Held until/)).toBeNull();
  });

  it.each([
    ['inbound', 'received'],
    ['outbound', 'delivered'],
  ] as const)('without words says so, %s', (kind, state) => {
    render(
      <MessageView
        message={message({ kind, state, held_until: null })}
        customer="Ava"
        first
        stated
        marked={false}
        retried={false}
        zone={undefined}
        now={NOW}
      />,
    );
    expect(screen.getByText('(empty text)')).toBeTruthy();
    expect(screen.getByRole('article', { name: /: \(empty text\)$/ })).toBeTruthy();
  });
});

describe('a refused upload', () => {
  const refused = (field: string, code: string) =>
    toApiError(new Response(null, { status: 422 }), {
      type: 'urn:hark:problem:invalid',
      title: 'Some fields are wrong',
      status: 422,
      code: 'invalid',
      detail: `${field}: not a JPEG, PNG or GIF picture`,
      errors: [{ field, code, detail: 'not a JPEG, PNG or GIF picture' }],
    }).message;
  it('is told in our words', () => {
    expect(refused('file', 'picture')).toBe(
      'This is no photo that can be sent. JPEG, PNG and GIF can.',
    );
  });
  it('names no field of the request where we have no words', () => {
    expect(refused('upload', 'other')).toBe('not a JPEG, PNG or GIF picture');
  });
});

describe('the form of a login', () => {
  const provider = (name: string, simulated: boolean) => ({
    provider: name,
    title: name,
    capabilities: { simulated } as never,
    settings_schema: {
      required: ['account_sid', 'auth_token'],
      // As the server sends them: by name.
      properties: {
        account_sid: { type: 'string', title: 'Account SID' },
        api_base_url: { type: 'string', title: 'API base URL', default: 'https://api' },
        api_key_secret: { type: 'string', title: 'API key secret', writeOnly: true },
        api_key_sid: { type: 'string', title: 'API key SID' },
        auth_token: { type: 'string', title: 'Auth token', writeOnly: true },
      },
    },
  });
  const show = (settings: Record<string, unknown> | null) =>
    render(
      <AccountForm
        account={
          settings &&
          ({ id: 'acc_1', name: 'Ours', provider: 'acme', settings, secrets_set: [] } as never)
        }
        providers={[provider('simulator', true), provider('acme', false)]}
        onDone={() => {}}
      />,
    );
  const labels = (box: ParentNode) =>
    [...box.querySelectorAll('label')].map((label) => label.textContent);

  it('asks for what is required first, and folds the rest', () => {
    const { container } = show(null);
    expect(labels(container)).toEqual([
      'Provider',
      'Name',
      'Account SID',
      'Auth token',
      'API base URL (optional)',
      'API key SID (optional)',
      'API key secret (optional)',
    ]);
    const fold = screen.getByText('Advanced').closest('details');
    expect(fold?.open).toBe(false);
    expect(fold && labels(fold)).toHaveLength(3);
  });

  it('begins with a company that carries texts', () => {
    show(null);
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Provider' }).value).toBe(
      'acme',
    );
  });

  it('asks which of several companies it is, and for nothing before that', () => {
    const providers = [
      provider('simulator', true),
      provider('acme', false),
      provider('other', false),
    ];
    const { container } = render(
      <AccountForm account={null} providers={providers} onDone={() => {}} />,
    );
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Provider' });
    expect(choice.value).toBe('');
    expect(choice.required).toBe(true);
    expect([...choice.options].map((option) => option.value)).toEqual([
      '',
      'acme',
      'other',
      'simulator',
    ]);
    expect(labels(container)).toEqual(['Provider', 'Name']);
    fireEvent.change(choice, { target: { value: 'other' } });
    expect(labels(container)).toHaveLength(7);
    expect([...choice.options].map((option) => option.value)).not.toContain('');
  });

  it('offers none where there is always one', () => {
    const settings_schema = {
      properties: {
        replies: { type: 'string', title: 'Replies', enum: ['none', 'some'], default: 'none' },
        region: { type: 'string', title: 'Region', enum: ['us', 'ie'] },
      },
    };
    render(
      <AccountForm
        account={null}
        providers={[{ ...provider('acme', false), settings_schema }]}
        onDone={() => {}}
      />,
    );
    const offered = (name: RegExp) => {
      const options = screen.getByRole<HTMLSelectElement>('combobox', {
        name,
        hidden: true,
      }).options;
      return [...options].map((option) => option.value);
    };
    expect(offered(/^Replies/)).toEqual(['none', 'some']);
    expect(offered(/^Region/)).toEqual(['', 'us', 'ie']);
  });

  it('hides nothing that is set', () => {
    show({ api_key_sid: 'SK1' });
    expect(screen.getByText('Advanced').closest('details')?.open).toBe(true);
  });
});
