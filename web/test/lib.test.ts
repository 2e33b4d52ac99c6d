import { describe, expect, it } from 'vitest';
import { cn } from '@/lib/cn';
import { messageId } from '@/lib/id';
import { formatAddress, parseAddress } from '@/lib/phone';
import { parseSnooze, snoozeChoices } from '@/lib/snooze-time';
import { age, dayMark, daysBetween, moment, money, wallTime } from '@/lib/time';
import { initials } from '@/ui/Avatar';

// A Friday, 10:30 in the morning.
const NOW = new Date(2026, 2, 6, 10, 30).getTime();
const at = (day: number, hour: number, minute = 0) =>
  new Date(2026, 2, day, hour, minute).getTime();

describe('typed snooze times', () => {
  it.each([
    ['mon 9', at(9, 9)],
    ['monday', at(9, 9)],
    ['mon at 5pm', at(9, 17)],
    ['fri', at(13, 9)],
    ['fri 3pm', at(6, 15)],
    ['tomorrow', at(7, 9)],
    ['tomorrow 5pm', at(7, 17)],
    ['3h', NOW + 3 * 3_600_000],
    ['in 20 min', NOW + 20 * 60_000],
    ['in 2 days', at(8, 9)],
    ['1 week', at(13, 9)],
    ['14:30', at(6, 14, 30)],
    ['9', at(7, 9)],
    ['2', at(6, 14)],
    ['12am', at(7, 0)],
    ['next week', at(13, 9)],
  ])('%s', (typed, expected) => {
    expect(parseSnooze(typed, NOW)).toBe(expected);
  });

  it.each(['', 'soon', '25:00', '13pm', 'mon 99', 'x', '0am'])('does not know %j', (typed) => {
    expect(parseSnooze(typed, NOW)).toBeNull();
  });

  it('offers only times to come, each once', () => {
    for (let hour = 0; hour < 24 * 7; hour += 1) {
      const now = NOW + hour * 3_600_000;
      const choices = snoozeChoices(now).map((choice) => choice.at);
      expect(choices.every((choice) => choice > now)).toBe(true);
    }
  });
});

describe('ids', () => {
  it('is a UUIDv7 that says its time', () => {
    const id = messageId(0x0190_1234_5678, new Uint8Array(10).fill(255));
    expect(id).toBe('msg_019012345678' + '7fffbfffffffffffffff');
  });
  it('does not repeat', () => {
    expect(new Set(Array.from({ length: 500 }, () => messageId())).size).toBe(500);
  });
});

describe('numbers', () => {
  it.each([
    ['(415) 555-0134', '+14155550134'],
    ['1 415 555 0134', '+14155550134'],
    ['+44 7700 900123', '+447700900123'],
    ['555 0134', null],
    ['Ava', null],
    ['', null],
  ])('reads %s', (typed, expected) => {
    expect(parseAddress(typed)).toBe(expected);
  });
  it('writes as people do, and anything else unchanged', () => {
    expect(formatAddress('+14155550134')).toBe('(415) 555-0134');
    expect(formatAddress('HARK')).toBe('HARK');
    expect(formatAddress('72345')).toBe('72345');
  });
});

describe('times', () => {
  it.each([
    ['2026-11-26T12:15', '12:15 PM'],
    ['2026-11-26T12:15:00', '12:15 PM'],
    ['2026-03-08T02:30', '2:30 AM'],
    ['2026-11-26T00:05', '12:05 AM'],
    ['later', 'later'],
  ])('writes the wall time %s as it stands there', (local, words) => {
    // A no-break space is what Intl puts before AM and PM.
    expect(wallTime(local).replaceAll(/\s/g, ' ')).toBe(words);
  });
  it('counts days by the calendar', () => {
    expect(daysBetween(at(6, 23, 59), at(7, 0, 1))).toBe(1);
    // The night the clocks change has 23 hours.
    expect(daysBetween(at(7, 12), at(9, 12))).toBe(2);
  });
  it('says ages and moments in few letters', () => {
    expect(age(NOW - 20_000, NOW)).toBe('now');
    expect(age(NOW - 4 * 60_000, NOW)).toBe('4m');
    expect(age(at(6, 7, 0), NOW)).toBe('3h');
    expect(age(at(3, 9), NOW)).toBe('Tue');
    expect(dayMark(at(5, 9), NOW)).toBe('Yesterday');
    expect(moment(at(7, 9), NOW)).toBe('tomorrow 9:00 AM');
    expect(moment(at(6, 15), NOW)).toBe('3:00 PM');
  });
  it('knows currencies without cents', () => {
    expect(money(4800, 'USD')).toBe('$48.00');
    expect(money(4800, 'JPY')).toBe('¥4,800');
  });
});

describe('small things', () => {
  it('lets the later class win and keeps size and colour apart', () => {
    expect(cn('text-label text-muted', 'text-ink')).toBe('text-label text-ink');
    expect(cn('h-control px-3', 'h-9')).toBe('px-3 h-9');
  });
  it('draws initials of any name', () => {
    expect(initials('Ava Brown')).toBe('AB');
    expect(initials('+14155550134')).toBe('34');
    expect(initials('李 小龙')).toBe('李小');
    expect(initials('')).toBe('?');
  });
});
