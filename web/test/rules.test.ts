import { describe, expect, it } from 'vitest';
import type { Rule } from '@/api/compliance';
import {
  changeable,
  hoursValue,
  overrideSpan,
  overrideWords,
} from '@/features/compliance/override-words';
import { instantOf } from '@/lib/time';

const rule = (id: string, kind: 'hours' | 'cap' | 'revoke_all', floor: boolean) =>
  ({ id, floor, effect: { kind } }) as Rule;
const RULES = [
  rule('us_federal_hours', 'hours', true),
  rule('us_federal_revoke_all', 'revoke_all', true),
  rule('us_fl_hours', 'hours', false),
  rule('us_fl_cap', 'cap', false),
];

describe('an override', () => {
  it('is told in one line', () => {
    const of = { rule: 'us_fl_hours', value: 'daily 09:00-19:00' };
    expect(overrideWords({ ...of, kind: 'hours' })).toBe('us_fl_hours: daily 09:00-19:00');
    expect(overrideWords({ ...of, kind: 'off', value: null })).toBe('us_fl_hours is off');
    expect(overrideWords({ rule: 'closed_1', kind: 'close', value: 'US-LA' })).toBe(
      'Louisiana is closed',
    );
  });

  it('offers to switch off what is no floor, and to narrow what has hours', () => {
    const ids = (kind: 'off' | 'hours' | 'cap' | 'close') =>
      changeable(RULES, kind).map(({ id }) => id);
    expect(ids('off')).toEqual(['us_fl_hours', 'us_fl_cap']);
    expect(ids('hours')).toEqual(['us_federal_hours', 'us_fl_hours']);
    expect(ids('cap')).toEqual(['us_fl_cap']);
    expect(ids('close')).toEqual([]);
  });

  it('writes hours as the server reads them', () => {
    expect(hoursValue('daily', '09:00', '19:00')).toBe('daily 09:00-19:00');
    expect(hoursValue('Mon-Fri', '12:00', '00:00')).toBe('Mon-Fri 12:00-24:00');
  });

  it('takes instants by the clock of this computer', () => {
    expect(instantOf('2026-12-08T09:30')).toBe(new Date(2026, 11, 8, 9, 30).getTime());
    expect(instantOf('')).toBeUndefined();
    const from = new Date(2026, 11, 8, 9, 30).getTime();
    expect(overrideSpan({ from, until: null })).toMatch(/^from Dec 8, 2026, 9:30\sAM$/);
  });
});
