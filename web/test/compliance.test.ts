import { describe, expect, it } from 'vitest';
import { COLUMNS, neighbour, STATES, stateName } from '@/features/compliance/states';

describe('the map of states', () => {
  it('has each of them once, each on a place of its own', () => {
    expect(new Set(STATES.map(([code]) => code)).size).toBe(51);
    expect(new Set(STATES.map(([, , x, y]) => `${x} ${y}`)).size).toBe(51);
    expect(STATES.every(([, , x]) => x < COLUMNS)).toBe(true);
    expect(stateName('NY')).toBe('New York');
  });

  it('can be walked to its ends with arrows alone', () => {
    const seen = new Set(['NY']);
    const waiting = ['NY'];
    for (let code = waiting.pop(); code; code = waiting.pop()) {
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
        const next = neighbour(code, key);
        if (next && !seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }
    expect(seen.size).toBe(51);
  });

  it('stays where it is at an edge and for other keys', () => {
    expect(neighbour('ME', 'ArrowUp')).toBeUndefined();
    expect(neighbour('NY', 'j')).toBeUndefined();
    expect(neighbour('NY', 'ArrowRight')).toBe('RI');
  });
});
