import { t } from '@/i18n/t';
import { moment, momentIn, placeOf } from './time';

interface Said {
  code: string;
  detail: string;
}

/** The gate's word in ours. A code without an entry keeps the server's sentence. */
export const gateWords = ({ code, detail }: Said): string => t.gate[code] ?? detail;

/** The server's sentence, with the law it cites, where ours stands in its place. */
export function gateWhy(said: Said): string | null {
  return said.detail && said.detail !== gateWords(said) ? said.detail : null;
}

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
