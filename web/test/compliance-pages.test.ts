import { describe, expect, it } from 'vitest';
import type { Rule } from '@/api/compliance';
import { auditFilter } from '@/features/compliance/audit-filter';
import { countdown } from '@/features/compliance/countdown';
import { demandOf, differences, found, placesOf, weekOf } from '@/features/compliance/rule-words';
import { t } from '@/i18n/t';

const span = (opens: number, closes: number) => ({ opens_min: opens, closes_min: closes });
const daily = Array.from({ length: 7 }, () => span(480, 1260));

const RULE: Rule = {
  id: 'us_fl_hours',
  version: 'us_states_1',
  places: ['US-FL'],
  purposes: ['marketing'],
  in_force: true,
  from: null,
  waits_until: null,
  until: null,
  confidence: 'high',
  law: 'Fla. Stat. 501.616(6)(a)',
  sources: ['NOLO'],
  note: '',
  floor: false,
  effect: { kind: 'hours', week: daily, closed: [], clock: null },
};

describe('the clock of a held text', () => {
  it('shows what is left, in seconds in the last hour', () => {
    expect(countdown(0)).toBe('0:00');
    expect(countdown(1)).toBe('0:01');
    expect(countdown(754_000)).toBe('12:34');
    expect(countdown(3_600_000)).toBe('1 h 0 min');
    expect(countdown(93_600_000)).toBe('1 d 2 h');
  });
});

describe('a rule in words', () => {
  it('says days of the same hours together', () => {
    expect(weekOf(daily)).toBe('Daily 8:00–21:00');
    expect(weekOf([...daily.slice(0, 6), null])).toBe('Mon–Sat 8:00–21:00, Sun closed');
    expect(weekOf([...daily.slice(0, 5), span(600, 1080), span(600, 1080)])).toBe(
      'Mon–Fri 8:00–21:00, Sat–Sun 10:00–18:00',
    );
  });

  it('names places and demands', () => {
    expect(placesOf({ places: ['US-FL', 'GB', 'everywhere', 'SE'] })).toBe(
      'Florida, United Kingdom, Everywhere, SE',
    );
    expect(demandOf({ ...RULE, effect: { kind: 'cap', count: 3, span_ms: 86_400_000 } })).toBe(
      'At most 3 marketing texts in 24 h',
    );
  });

  it('is found by all the words somebody types', () => {
    expect(found(RULE, 'florida 501')).toBe(true);
    expect(found(RULE, 'florida texas')).toBe(false);
    expect(found(RULE, '')).toBe(true);
  });

  it('is compared by what it says, not by the day it is looked at', () => {
    const cap: Rule = { ...RULE, id: 'us_fl_cap' };
    const other = { ...RULE, id: 'us_tx_hours' };
    expect(differences([RULE], [{ ...RULE, in_force: false }])).toEqual([]);
    expect(
      differences([RULE, cap], [{ ...RULE, confidence: 'low' }, other]).map(
        ({ rule, difference }) => `${rule.id} ${difference}`,
      ),
    ).toEqual(['us_fl_hours changed', 'us_fl_cap added', 'us_tx_hours gone']);
  });
});

describe('what an opt-out was read as', () => {
  it('tells the layer in words', () => {
    expect(t.compliance.read_as('keyword:stop')).toBe('The word STOP');
    expect(t.compliance.read_as('phrase:stop_texting')).toBe('A wish in words: stop texting');
    expect(t.compliance.read_as('model:opt_out')).toBe('By the sum of its words');
    expect(t.compliance.read_as('something_new')).toBe('something_new');
  });
});

describe('filters of the audit log', () => {
  it('mean the last day whole, in the time of this computer', () => {
    const day = (y: number, m: number, d: number) => new Date(y, m - 1, d).getTime();
    expect(auditFilter({ since: '2026-03-08', until: '2026-03-08' })).toEqual({
      since: day(2026, 3, 8),
      until: day(2026, 3, 9),
    });
    expect(auditFilter({ until: '2026-12-31' })).toEqual({ until: day(2027, 1, 1) });
  });

  it('leave out what is empty or no day', () => {
    expect(auditFilter({ actor: '', subject: '  ', since: 'yesterday' })).toEqual({});
    expect(auditFilter({ actor: 'cli', action: 'sending.stop', subject: ' ws_1 ' })).toEqual({
      actor: 'cli',
      action: 'sending.stop',
      subject: 'ws_1',
    });
  });
});
