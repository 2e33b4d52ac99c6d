import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Me } from '@/api/session';
import { Workspaces } from '@/features/shell/Workspaces';

afterEach(cleanup);

const here = { id: 'ws_1', name: 'Juniper & Oak' };
const there = { id: 'ws_2', name: 'Fern & Ash' };
const me = (workspaces: (typeof here)[]) => ({ workspace: here, workspaces }) as unknown as Me;

describe('the workspaces of a member', () => {
  it('are offered where there are several, the present one marked and idle', () => {
    const enter = vi.fn();
    render(<Workspaces me={me([here, there])} onWorkspace={enter} />);
    const present = screen.getByRole('button', { name: here.name, current: true });
    fireEvent.click(present);
    expect(enter).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: there.name, current: false }));
    expect(enter).toHaveBeenCalledExactlyOnceWith(there.id);
  });

  it('are nothing to show where there is one', () => {
    const { container } = render(<Workspaces me={me([here])} onWorkspace={() => {}} />);
    expect(container.childElementCount).toBe(0);
  });
});
