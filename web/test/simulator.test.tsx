import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WELL } from '@/features/simulator/FaultSwitches';
import { useStayAtEnd } from '@/lib/stay-at-end';

describe('a carrier that behaves well again', () => {
  it('behaves as a new line of the server does', () => {
    const file = join(import.meta.dirname, '../../crates/channels/src/simulator/faults.rs');
    const [, body = ''] = /impl Default for Faults \{([\s\S]*?)\n\}/.exec(
      readFileSync(file, 'utf8'),
    ) ?? [''];
    const told = new Map(
      [...body.matchAll(/(\w+): ([^\n]+),\n/g)].map(([, name, is]) => [name, is]),
    );
    for (const [name, value] of Object.entries(WELL)) {
      expect(told.get(name), name).toBe(value === null ? 'None' : String(value));
    }
  });
});

describe('a list that stays at its end', () => {
  let grown: () => void = () => {};
  const size = { scrollHeight: 500, clientHeight: 200, scrollTop: 0 };

  beforeEach(() => {
    Object.assign(size, { scrollHeight: 500, clientHeight: 200, scrollTop: 0 });
    vi.stubGlobal(
      'ResizeObserver',
      class {
        constructor(hear: () => void) {
          grown = hear;
        }
        observe() {}
        disconnect() {}
      },
    );
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  function List() {
    const { scroller, content, toEnd } = useStayAtEnd();
    return (
      <div ref={scroller} role="log">
        <div ref={content} />
        <button type="button" onClick={toEnd}>
          End
        </button>
      </div>
    );
  }
  /** The list, measured as a browser would: no place lies below the end. */
  const show = () => {
    render(<List />);
    const list = screen.getByRole('log');
    const end = () => size.scrollHeight - size.clientHeight;
    Object.defineProperties(list, {
      scrollHeight: { get: () => size.scrollHeight },
      clientHeight: { get: () => size.clientHeight },
      scrollTop: {
        get: () => size.scrollTop,
        set: (top: number) => {
          size.scrollTop = Math.min(top, end());
        },
      },
    });
    const change = (next: Partial<typeof size>) =>
      act(() => {
        Object.assign(size, next);
        grown();
      });
    change({});
    const scroll = (top: number) => {
      list.scrollTop = top;
      fireEvent.scroll(list);
    };
    return { change, scroll, list };
  };

  it('follows what comes, what grows late, and its own growing short', () => {
    const { change } = show();
    expect(size.scrollTop).toBe(300);
    change({ scrollHeight: 660 });
    expect(size.scrollTop).toBe(460);
    change({ clientHeight: 90 });
    expect(size.scrollTop).toBe(570);
  });

  it('takes growth before its own scroll is heard of for growth', () => {
    const { change, list } = show();
    Object.assign(size, { scrollHeight: 800 });
    fireEvent.scroll(list);
    change({});
    expect(size.scrollTop).toBe(600);
  });

  it('lets who reads an older text read, until they come back or send', () => {
    const { change, scroll } = show();
    scroll(40);
    change({ scrollHeight: 700 });
    expect(size.scrollTop).toBe(40);
    scroll(490);
    change({ scrollHeight: 900 });
    expect(size.scrollTop).toBe(700);
    scroll(40);
    fireEvent.click(screen.getByRole('button'));
    expect(size.scrollTop).toBe(700);
  });

  it('has no place while it is not shown, and is at its end when it comes back', () => {
    const { change } = show();
    const list = screen.getByRole('log');
    change({ clientHeight: 0, scrollHeight: 0, scrollTop: 0 });
    fireEvent.scroll(list);
    change({ clientHeight: 200, scrollHeight: 560 });
    expect(size.scrollTop).toBe(360);
  });
});
