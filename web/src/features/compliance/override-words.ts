import type { Rule } from '@/api/compliance';
import type { RuleOverride, RuleOverrideKind } from '@/api/rules';
import { later } from '@/i18n/later';
import { dateOf, timeOfDay } from '@/lib/time';
import { placesOf } from './rule-words';

const w = later.rules;

/** What an override does, in one line. */
export function overrideWords({
  kind,
  rule,
  value,
}: Pick<RuleOverride, 'kind' | 'rule' | 'value'>): string {
  switch (kind) {
    case 'off':
      return w.what.off(rule);
    case 'hours':
      return w.what.hours(rule, value ?? '');
    case 'cap':
      return w.what.cap(rule, value ?? '');
    case 'close':
      return w.what.close(placesOf({ places: [value ?? ''] }));
  }
}

const instant = (ms: number) => `${dateOf(ms)}, ${timeOfDay(ms)}`;

/** From when it holds until when. */
export const overrideSpan = ({ from, until }: Pick<RuleOverride, 'from' | 'until'>): string =>
  typeof until === 'number' ? w.span_of(instant(from), instant(until)) : w.span_from(instant(from));

/** The rules a kind of override may change, in the order of the pack. */
export function changeable(rules: readonly Rule[], kind: RuleOverrideKind): Rule[] {
  switch (kind) {
    case 'off':
      // The floor stands whatever is said; it may only be narrowed.
      return rules.filter((rule) => !rule.floor);
    case 'hours':
      return rules.filter((rule) => rule.effect.kind === 'hours');
    case 'cap':
      return rules.filter((rule) => rule.effect.kind === 'cap');
    case 'close':
      return [];
  }
}

/** Hours as the server takes them, from what two clocks show: midnight at the end is 24:00. */
export const hoursValue = (days: string, opens: string, closes: string): string =>
  `${days} ${opens}-${closes === '00:00' ? '24:00' : closes}`;
