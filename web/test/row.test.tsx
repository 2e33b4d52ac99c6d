import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '@/api/conversations';
import { RowView } from '@/features/inbox/RowView';
import { DENSITIES, PANEL_WIDTH, useDesk } from '@/lib/desk';
import { Divider } from '@/ui/Divider';

afterEach(cleanup);

const NOW = Date.UTC(2026, 0, 5, 12);
const row: Conversation = {
  id: 'conv_1',
  customer: { id: 'cus_1', name: 'Ava Chen', address: '+14155550100' },
  inbox: { id: 'inb_1', name: 'Support', address: '+14155550199' },
  status: 'open',
  assignee: { id: 'mem_1', name: 'Maya Ortiz' },
  preview: 'Is the lamp in stock?',
  last_direction: 'inbound',
  last_at: NOW - 60_000,
  waiting_since: NOW - 3_600_000,
  unread: true,
  snoozed_until: null,
  complaint_since: null,
  has_failed: true,
  opted_out: true,
  draft: true,
  last_seq: 1,
};

describe('a row of the list', () => {
  it.each(DENSITIES)('says all of its states in words, %s', (density) => {
    render(
      <RowView row={row} now={NOW} active={false} chosen={false} showInbox density={density} />,
    );
    for (const words of [
      'Ava Chen',
      'Unread',
      'Is the lamp in stock?',
      'To check',
      'Opted out',
      'Draft',
      /^Waiting /,
      'Maya Ortiz · Support',
    ]) {
      expect(screen.getByText(words)).toBeTruthy();
    }
  });
});

describe('who wrote last', () => {
  const ours = { ...row, preview: 'Hello, it is', last_direction: 'outbound' as const };
  it.each([
    [ours, 'Us: Hello, it is'],
    [row, 'Is the lamp in stock?'],
  ])('%j', (of, words) => {
    render(
      <RowView
        row={of}
        now={NOW}
        active={false}
        chosen={false}
        showInbox={false}
        density="comfortable"
      />,
    );
    expect(
      screen.getByText((_, at) => at?.tagName === 'P' && at.textContent === words),
    ).toBeTruthy();
    expect(screen.queryByText(/Support/)).toBeNull();
  });
});

describe('the desk', () => {
  it('remembers rows and the width of the panel, within its bounds', () => {
    const { setDensity, setPanelWidth } = useDesk.getState();
    setDensity('compact');
    setPanelWidth(PANEL_WIDTH.max + 100);
    expect(useDesk.getState()).toMatchObject({ density: 'compact', panelWidth: PANEL_WIDTH.max });
    expect(localStorage.getItem('hark.density')).toBe('"compact"');
    expect(localStorage.getItem('hark.panel-width')).toBe(String(PANEL_WIDTH.max));
    setPanelWidth(0);
    expect(useDesk.getState().panelWidth).toBe(PANEL_WIDTH.min);
  });

  it('widens a pane away from it', () => {
    const widths: Record<string, number> = {};
    for (const of of ['before', 'after'] as const) {
      const onWidth = vi.fn();
      render(<Divider label={of} of={of} width={300} bounds={PANEL_WIDTH} onWidth={onWidth} />);
      fireEvent.keyDown(screen.getByRole('separator', { name: of }), { key: 'ArrowLeft' });
      widths[of] = onWidth.mock.calls[0]?.[0];
    }
    expect(widths).toEqual({ before: 284, after: 316 });
  });
});
