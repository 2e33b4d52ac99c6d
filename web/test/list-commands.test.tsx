import { act, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Conversation } from '@/api/conversations';
import { runCommand } from '@/lib/commands';
import { useListCommands } from '@/routes/list-commands';
import { useSelection } from '@/routes/selection';

const rows = { current: ['a', 'b', 'c'].map((id) => ({ id })) as Conversation[] };
const me = { id: 'mem_1', name: 'Maya' };

/** The list with its keys; what is opened stands in `open`. */
function list(open?: string) {
  const at = { open };
  const { result, rerender, unmount } = renderHook(() => {
    const selection = useSelection(me, rows);
    const go = (id: string | undefined) => {
      at.open = id;
    };
    useListCommands({ openId: at.open, rows, go, selection, phone: false });
    return selection;
  });
  left.push(unmount);
  return {
    at,
    run: (id: string) => {
      act(() => void runCommand(id));
      rerender();
    },
    chosen: () => [...result.current.ids].sort(),
  };
}

const left: (() => void)[] = [];
afterEach(() => {
  for (const leave of left.splice(0)) leave();
});

describe('extending the selection', () => {
  it('takes the open one and the next, and goes there', () => {
    const { at, run, chosen } = list('a');
    run('list.extend-next');
    expect([at.open, chosen()]).toEqual(['b', ['a', 'b']]);
    run('list.extend-next');
    expect([at.open, chosen()]).toEqual(['c', ['a', 'b', 'c']]);
    run('list.extend-next');
    expect([at.open, chosen()]).toEqual(['c', ['a', 'b', 'c']]);
  });

  it('goes upwards, and leaves what was chosen before', () => {
    const { at, run, chosen } = list('c');
    run('list.extend-previous');
    expect([at.open, chosen()]).toEqual(['b', ['b', 'c']]);
    run('list.select');
    run('list.extend-previous');
    expect([at.open, chosen()]).toEqual(['a', ['a', 'b', 'c']]);
  });

  it('begins with the first where none is open', () => {
    const { at, run, chosen } = list();
    run('list.extend-next');
    expect([at.open, chosen()]).toEqual(['a', ['a']]);
  });
});
