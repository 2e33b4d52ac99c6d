import type { Rule } from '@/api/compliance';
import { t } from '@/i18n/t';
import { stateName } from './states';

const w = t.compliance.rules;
const HOUR = 3_600_000;

type Span = { opens_min: number; closes_min: number } | null | undefined;

const clock = (min: number) => `${Math.floor(min / 60)}:${String(min % 60).padStart(2, '0')}`;
const spanOf = (span: Span) =>
  span ? `${clock(span.opens_min)}–${clock(span.closes_min)}` : w.closed_day;

/** The week in words, days of the same hours together: Mon–Sat 8:00–20:00, Sun closed. */
export function weekOf(week: readonly Span[]): string {
  const runs: { from: number; to: number; hours: string }[] = [];
  week.forEach((span, day) => {
    const hours = spanOf(span);
    const last = runs.at(-1);
    if (last?.hours === hours) last.to = day;
    else runs.push({ from: day, to: day, hours });
  });
  if (runs.length === 1) return `${w.daily} ${runs[0]?.hours}`;
  return runs
    .map(({ from, to, hours }) =>
      from === to ? `${w.days[from]} ${hours}` : `${w.days[from]}–${w.days[to]} ${hours}`,
    )
    .join(', ');
}

/** What a rule demands, in one line. */
export function demandOf({ effect }: Rule): string {
  switch (effect.kind) {
    case 'hours':
      return [
        weekOf(effect.week),
        effect.closed.length > 0 ? w.closed(effect.closed.join(', ')) : '',
        effect.clock ? w.clock(effect.clock) : '',
      ]
        .filter(Boolean)
        .join(', ');
    case 'cap':
      return w.cap(effect.count, Math.round(effect.span_ms / HOUR));
    case 'consent':
      return w.consent[effect.consent];
    case 'revoke_all':
      return w.revoke_all;
    case 'content':
      return [
        `${w.content[effect.look] ?? effect.look} (${effect.refuses ? w.refuses : w.flags})`,
        effect.fix,
      ]
        .filter(Boolean)
        .join('. ');
  }
}

/** Where it holds. More than a few places are counted by the ear, not by the eye: all are named. */
export const placesOf = ({ places }: Pick<Rule, 'places'>): string =>
  places
    .map((place) =>
      place.startsWith('US-') ? stateName(place.slice(3)) : (w.places[place] ?? place),
    )
    .join(', ');

export type Difference = 'added' | 'gone' | 'changed';
interface Different {
  rule: Rule;
  difference: Difference;
}

/** What one pack has otherwise than another, in the order of the first; what is gone comes last. */
export function differences(rules: readonly Rule[], others: readonly Rule[]): Different[] {
  const there = new Map(others.map((rule) => [rule.id, rule]));
  const here = new Set(rules.map((rule) => rule.id));
  // Whether a rule is in force follows from its dates and the day.
  const same = (one: Rule, two: Rule) =>
    JSON.stringify({ ...one, in_force: true }) === JSON.stringify({ ...two, in_force: true });
  const changed = rules.flatMap((rule): Different[] => {
    const other = there.get(rule.id);
    if (!other) return [{ rule, difference: 'added' }];
    return same(rule, other) ? [] : [{ rule, difference: 'changed' }];
  });
  const gone = others.filter((rule) => !here.has(rule.id));
  return [...changed, ...gone.map((rule): Different => ({ rule, difference: 'gone' }))];
}

/** Whether a rule has the words somebody looks for, all of them. */
export function found(rule: Rule, q: string): boolean {
  const text = [placesOf(rule), rule.places.join(' '), rule.id, rule.law, rule.note, demandOf(rule)]
    .join(' ')
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
