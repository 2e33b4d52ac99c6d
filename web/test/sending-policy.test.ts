import { describe, expect, it } from 'vitest';
import { capOf, raised } from '@/features/settings/sending-policy';

describe('a limit as it is typed', () => {
  it('is none where nothing stands', () => {
    expect(capOf('')).toBeNull();
    expect(capOf('  ')).toBeNull();
    expect(capOf('3')).toBe(3);
    // The server says what is wrong with it.
    expect(capOf('0')).toBe(0);
  });
});

describe('who goes first', () => {
  it('moves one place earlier, and the first stays', () => {
    const all = ['person', 'bot', 'flow'];
    expect(raised(all, 2)).toEqual(['person', 'flow', 'bot']);
    expect(raised(all, 0)).toEqual(all);
    expect(raised(all, 7)).toEqual(all);
    expect(all).toEqual(['person', 'bot', 'flow']);
  });
});
