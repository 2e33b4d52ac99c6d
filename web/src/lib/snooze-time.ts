import { moment } from './time';

export interface SnoozeChoice {
  label: string;
  at: number;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const UNITS: Record<string, number> = {
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

function on(now: number, days: number, hour: number, minute = 0): number {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  return date.setHours(hour, minute, 0, 0);
}

/** Hours and minutes of `9`, `9:30`, `9am`, `5.15 pm`, `17`; null when it is no time. */
function readClock(text: string): { hour: number; minute: number } | null {
  const match = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$/.exec(text);
  if (!match) return null;
  let hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (hour > 23 || minute > 59 || (match[3] && (hour < 1 || hour > 12))) return null;
  if (match[3] === 'pm' && hour < 12) hour += 12;
  if (match[3] === 'am' && hour === 12) hour = 0;
  // A bare small hour is meant for a working day: "2" is two in the afternoon.
  if (!match[3] && !match[2] && hour >= 1 && hour <= 6) hour += 12;
  return { hour, minute };
}

/** When "mon 9", "tomorrow 5pm", "3h", "in 2 days" or "14:30" is; null when it says nothing we know. */
export function parseSnooze(typed: string, now: number): number | null {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/^(in|at|on|until|next)\s+/, '')
    .replace(/\s+at\s+/, ' ');
  if (!text) return null;

  const span = /^(\d{1,3})\s*([a-z]+)$/.exec(text);
  const unit = span?.[2] ? UNITS[span[2]] : undefined;
  if (span && unit) {
    const at = now + Number(span[1]) * unit;
    // Days and weeks land on a morning, not on this minute.
    return unit >= 86_400_000 ? on(at, 0, 9) : at;
  }

  const clockOnly = readClock(text);
  if (clockOnly) {
    const today = on(now, 0, clockOnly.hour, clockOnly.minute);
    return today > now ? today : on(now, 1, clockOnly.hour, clockOnly.minute);
  }

  const [word = '', ...rest] = text.split(/\s+/);
  const time = rest.length === 0 ? { hour: 9, minute: 0 } : readClock(rest.join(' '));
  if (!time) return null;
  if (/^(tom|tomorrow|tmrw)$/.test(word)) return on(now, 1, time.hour, time.minute);
  if (word === 'tonight' || word === 'evening')
    return on(now, 0, rest.length ? time.hour : 18, time.minute);
  if (word === 'week') return on(now, 7, time.hour, time.minute);
  const day = word.length >= 3 ? DAYS.findIndex((name) => word.startsWith(name)) : -1;
  if (day < 0) return null;
  const ahead = (day - new Date(now).getDay() + 7) % 7;
  const at = on(now, ahead, time.hour, time.minute);
  return at > now ? at : on(now, ahead + 7, time.hour, time.minute);
}

/** What to offer before anything is typed. */
export function snoozeChoices(now: number): SnoozeChoice[] {
  const hour = new Date(now).getHours();
  const weekday = new Date(now).getDay();
  const choices: SnoozeChoice[] = [
    { label: 'In 1 hour', at: now + 3_600_000 },
    { label: 'In 3 hours', at: now + 3 * 3_600_000 },
  ];
  if (hour < 16) choices.push({ label: 'This evening', at: on(now, 0, 18) });
  choices.push({ label: 'Tomorrow', at: on(now, 1, 9) });
  const toMonday = (8 - weekday) % 7 || 7;
  if (toMonday > 1) choices.push({ label: 'Monday', at: on(now, toMonday, 9) });
  choices.push({ label: 'In a week', at: on(now, 7, 9) });
  return choices;
}

export const snoozeHint = (at: number, now: number) => moment(at, now);
