import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '@/api/messages';

const asked = vi.hoisted(() => ({ ids: [] as string[] }));
vi.mock('@/api/messages', () => ({
  retryMessage: async (_conversation: string, id: string) => {
    asked.ids.push(id);
  },
  cancelMessage: async () => {},
}));

const { DeliveryState } = await import('@/features/conversation/DeliveryState');

const show = (state: Message['state'], retried = false) =>
  render(
    <DeliveryState
      message={
        {
          id: 'm1',
          conversation_id: 'c1',
          kind: 'outbound',
          state,
          state_at: 0,
          created_at: 0,
          held_until: null,
          reason: null,
          in_flight_at_opt_out: false,
        } as Message
      }
      retried={retried}
      now={0}
    />,
  );
const names = () => screen.queryAllByRole('button').map((button) => button.textContent);

beforeEach(() => {
  asked.ids = [];
});
afterEach(cleanup);

describe('what can be done about a text', () => {
  const deeds: Record<Message['state'], string[]> = {
    received: [],
    noted: [],
    queued: ['Cancel sending'],
    held: ['Cancel sending'],
    refused: ['Try again'],
    handing_over: [],
    accepted: [],
    sent: [],
    sent_unconfirmed: ['Send again'],
    delivered: [],
    undelivered: ['Try again'],
    failed: ['Try again'],
    ambiguous: ['Send again'],
    cancelled: ['Try again'],
  };
  for (const [state, deed] of Object.entries(deeds)) {
    it(`${state}: ${deed.join() || 'nothing'}`, () => {
      show(state as Message['state']);
      expect(names()).toEqual(deed);
    });
  }

  it('sends what surely did not arrive again at once', () => {
    show('failed');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(asked.ids).toEqual(['m1']);
  });

  for (const state of ['ambiguous', 'sent_unconfirmed'] as const) {
    it(`asks before it sends again what is ${state}`, async () => {
      show(state);
      fireEvent.click(screen.getByRole('button', { name: 'Send again' }));
      const warning = await screen.findByRole('alertdialog');
      expect(within(warning).getByText('It may have arrived. Send again?')).toBeTruthy();
      expect(asked.ids).toEqual([]);
      fireEvent.click(within(warning).getByRole('button', { name: 'Cancel' }));
      await vi.waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
      expect(asked.ids).toEqual([]);

      fireEvent.click(screen.getByRole('button', { name: 'Send again' }));
      const second = await screen.findByRole('alertdialog');
      fireEvent.click(within(second).getByRole('button', { name: 'Send again' }));
      expect(asked.ids).toEqual(['m1']);
      await vi.waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    });
  }

  it('offers nothing where a newer text is the same one, sent again', () => {
    show('ambiguous', true);
    expect(names()).toEqual([]);
    expect(screen.getByText('Sent again below')).toBeTruthy();
  });
});
