import type { Given } from '@/i18n/en/gate';
import { t } from '@/i18n/t';
import { fullTime, minuteOfDay, moment, momentIn, placeOf, wallTime } from './time';

interface Said {
  code: string;
  detail: string;
  /** What the sentence names, as the server has it. */
  given?: Given;
  /** A decision has that with the rule that decided, whose sentence it repeats. */
  rules?: readonly { code: string; detail: string; given?: Given }[];
}

/** What a sentence names, as a reader knows it: instants and minutes as times, zones as places. */
function givenOf({ code, detail, given, rules }: Said): Given {
  const all = given ?? rules?.find((rule) => rule.code === code && rule.detail === detail)?.given;
  const named = Object.entries(all ?? {}).map(([name, is]) => {
    if (name === 'at' && typeof is === 'number') return [name, fullTime(is)];
    if ((name === 'opens' || name === 'closes') && typeof is === 'number') {
      return [name, minuteOfDay(is)];
    }
    if (name === 'time') return [name, wallTime(`T${is}`)];
    if (name === 'zone') return [name, placeOf(`${is}`)];
    return [name, is];
  });
  return Object.fromEntries(named);
}

/** The gate's word in ours. A code without an entry keeps the server's sentence. */
export function gateWords(said: Said): string {
  const words = t.gate[said.code];
  if (words === undefined) return said.detail;
  return typeof words === 'string' ? words : words(givenOf(said));
}

/** The server's sentence, with the law it cites, where ours stands in its place. */
export function gateWhy(said: Said): string | null {
  return said.detail && said.detail !== gateWords(said) ? said.detail : null;
}

/** What can be done about what a rule found, in our words where there are some. */
export const gateFix = ({ code, fix }: { code: string; fix?: string | null }): string | null =>
  fix ? (t.gate_fixes[code] ?? fix) : null;

/**
 * What nobody knows the end of: the text goes on the moment a conversation or complaint is over, and the
 * instant it is held until is only when the gate asks again.
 */
const NO_HOUR: ReadonlySet<string> = new Set(['complaint_open', 'open_conversation']);
export const endsAtNoHour = (code: string | undefined): boolean =>
  code !== undefined && NO_HOUR.has(code);

export interface GoesOn {
  /** With the place of the clock, and the reader's own where that shows another time. */
  full: string;
  /** For a button beside the full one. */
  short: string;
}

/**
 * When a held text goes on, by the clock of the customer: quiet hours are theirs. Where their
 * zone is not known, or several show different times, by the reader's own, and said so.
 */
export function goesOn(until: number, zones: readonly string[], now: number): GoesOn {
  const here = moment(until, now);
  const times = new Set(zones.map((zone) => momentIn(until, now, zone)));
  const [there] = times;
  const [zone] = zones;
  if (!there || !zone || times.size > 1) {
    const yours = t.clocks.yours(here);
    return { full: yours, short: yours };
  }
  const theirs =
    new Set(zones).size > 1 ? t.clocks.theirs(there) : t.clocks.place(there, placeOf(zone));
  return {
    full: there === here ? theirs : t.clocks.both(theirs, t.clocks.yours(here)),
    short: t.clocks.there(there),
  };
}
