const LOCALE = 'en-US';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(LOCALE, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'short' });
const weekdayLong = new Intl.DateTimeFormat(LOCALE, { weekday: 'long' });
const monthDay = new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric' });
const dated = new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric', year: 'numeric' });
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' });

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** Whole days from one moment's date to another's, by the calendar and not by 24 hours. */
export function daysBetween(from: number, to: number): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY);
}

/** 12:04 PM */
export const timeOfDay = (ms: number) => clock.format(ms);
/** Friday, March 6, 2026 at 12:04 PM: for titles and screen readers. */
export const fullTime = (ms: number) => full.format(ms);
export const dateOf = (ms: number) => dated.format(ms);

/** For a list: now, 4m, 3h, Tue, Mar 6, Mar 6, 2025. */
export function age(ms: number, now: number): string {
  const gone = now - ms;
  if (gone < MINUTE) return 'now';
  if (gone < HOUR) return `${Math.floor(gone / MINUTE)}m`;
  if (gone < DAY) return `${Math.floor(gone / HOUR)}h`;
  if (daysBetween(ms, now) < 7) return weekday.format(ms);
  return new Date(ms).getFullYear() === new Date(now).getFullYear()
    ? monthDay.format(ms)
    : dated.format(ms);
}

/** A waiting time in words: 4 min, 3 h, 2 days. */
export function duration(ms: number): string {
  if (ms < MINUTE) return 'under a minute';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  const days = Math.floor(ms / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The mark above the first message of a day. */
export function dayMark(ms: number, now: number): string {
  const days = daysBetween(ms, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekdayLong.format(ms);
  return new Date(ms).getFullYear() === new Date(now).getFullYear()
    ? `${weekday.format(ms)}, ${monthDay.format(ms)}`
    : dated.format(ms);
}

/** A moment to come: 3:00 PM, tomorrow 9:00 AM, Mon 9:00 AM, Mar 6, 9:00 AM. */
export function moment(ms: number, now: number): string {
  const days = daysBetween(now, ms);
  if (days === 0) return timeOfDay(ms);
  if (days === 1) return `tomorrow ${timeOfDay(ms)}`;
  if (days > 1 && days < 7) return `${weekday.format(ms)} ${timeOfDay(ms)}`;
  return `${monthDay.format(ms)}, ${timeOfDay(ms)}`;
}

/** The same in another zone; empty when the browser does not know it. */
export function momentIn(ms: number, now: number, zone: string): string {
  try {
    const formats = formatsIn(zone);
    const day = (at: number) => Math.round(Date.parse(formats.day.format(at)) / DAY);
    const days = day(ms) - day(now);
    const clock = clockIn(zone).format(ms);
    if (days === 0) return clock;
    if (days === 1) return `tomorrow ${clock}`;
    if (days > 1 && days < 7) return `${formats.weekday.format(ms)} ${clock}`;
    return `${formats.monthDay.format(ms)}, ${clock}`;
  } catch {
    return '';
  }
}

/** Making a format costs more than all its uses, so each is made once. */
function once<Format>(make: (key: string) => Format): (key: string) => Format {
  const made = new Map<string, Format>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const fresh = make(key);
    made.set(key, fresh);
    return fresh;
  };
}

const clockIn = once(
  (zone) => new Intl.DateTimeFormat(LOCALE, { hour: 'numeric', minute: '2-digit', timeZone: zone }),
);
const formatsIn = once((timeZone) => ({
  // Written as 2026-03-06, whose difference is whole days.
  day: new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone }),
  weekday: new Intl.DateTimeFormat(LOCALE, { weekday: 'short', timeZone }),
  monthDay: new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric', timeZone }),
}));
const wallClock = new Intl.DateTimeFormat(LOCALE, {
  hour: 'numeric',
  minute: '2-digit',
  timeZone: 'UTC',
});
const moneyIn = once((currency) => new Intl.NumberFormat(LOCALE, { style: 'currency', currency }));

/** The clock in another zone: 9:12 AM; empty when the browser does not know the zone. */
export function timeInZone(ms: number, zone: string): string {
  try {
    return clockIn(zone).format(ms);
  } catch {
    return '';
  }
}

/**
 * A clock read elsewhere, such as 2026-11-26T12:15, in words: 12:15 PM. It has no zone and none is
 * put on it; what is no such time comes back as it is.
 */
export function wallTime(local: string): string {
  const clock = /T(\d{2}):(\d{2})/.exec(local);
  if (!clock) return local;
  return wallClock.format(Date.UTC(2000, 0, 1, Number(clock[1]), Number(clock[2])));
}

/** Minutes from midnight as a clock shows them: 480 is 8:00 AM. */
export const minuteOfDay = (minutes: number) => wallClock.format(Date.UTC(2000, 0, 1, 0, minutes));

/** A zone's place as people say it: Chicago, New York, Indiana/Knox is Knox. */
export const placeOf = (zone: string) => (zone.split('/').pop() ?? zone).replaceAll('_', ' ');

/** All zones the browser knows, the given one first. */
export function timeZones(first: string): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return [first, ...all.filter((zone) => zone !== first)];
}

export const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function money(minor: number, currency: string): string {
  const format = moneyIn(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** An instant of a `datetime-local` field, by this computer's clock; undefined where it is empty. */
export function instantOf(local: string): number | undefined {
  const ms = new Date(local).getTime();
  return local === '' || Number.isNaN(ms) ? undefined : ms;
}
