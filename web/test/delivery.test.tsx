import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '@/api/messages';
import { timeOfDay } from '@/lib/time';

const asked = vi.hoisted(() => ({ ids: [] as string[], now: [] as string[] }));
vi.mock('@/api/messages', () => ({
  retryMessage: async (_conversation: string, id: string) => {
    asked.ids.push(id);
  },
  cancelMessage: async () => {},
  tryMessageNow: async (_conversation: string, id: string) => {
    asked.now.push(id);
  },
}));

const { DeliveryState } = await import('@/features/conversation/DeliveryState');

const show = (state: Message['state'], retried = false, more: Partial<Message> = {}) =>
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
          next_try: null,
          in_flight_at_opt_out: false,
          ...more,
        } as Message
      }
      retried={retried}
      now={0}
    />,
  );
const names = () => screen.queryAllByRole('button').map((button) => button.textContent);

beforeEach(() => {
  asked.ids = [];
  asked.now = [];
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

describe('a text that its provider did not take', () => {
  const waits = (code: string, at: number, may_hasten = true) =>
    show('queued', false, {
      reason: { code, detail: 'The provider could not take it yet; it is tried again.' },
      next_try: { at, may_hasten },
    });
  const said = () => document.body.textContent?.replaceAll(/\s+/g, ' ') ?? '';
  const at = (ms: number) => timeOfDay(ms).replaceAll(/\s+/g, ' ');

  it('says what is wrong and when it is tried again, once', () => {
    waits('network', 300_000);
    expect(said()).toContain(`The provider does not answer; trying again at ${at(300_000)}`);
    expect(said()).not.toContain('could not take it yet');
  });

  it('is tried now by a button that keys reach', async () => {
    waits('network', 300_000);
    const now = screen.getByRole('button', { name: 'Try now' });
    expect(now.tabIndex).toBe(0);
    fireEvent.click(now);
    await vi.waitFor(() => expect(asked.now).toEqual(['m1']));
    expect(asked.ids).toEqual([]);
  });

  it('waits for the provider’s own time where that was set', () => {
    waits('rate_limited', 300_000, false);
    expect(said()).toContain('The provider takes no more for now; trying again at');
    expect(names()).toEqual(['Cancel sending']);
  });

  it('is being tried once its time has come', () => {
    waits('network', 0);
    expect(said()).toContain('The provider does not answer; trying again');
    expect(said()).not.toContain('trying again at');
  });

  it('keeps to what is known of a reason without words', () => {
    waits('of_tomorrow', 300_000);
    expect(said()).toContain(`Waiting to be sent; trying again at ${at(300_000)}`);
  });
});
