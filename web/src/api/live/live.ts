import { create } from 'zustand';
import { queryClient } from '../query-client';
import { type FromLine, openCarrier } from './carrier';
import type { StreamEvent } from './event-stream';
import type { LineState } from './line';
import { type Change, planChanges, readChange } from './plan';
import { refresh, refreshAll } from './refresh';

export const useLine = create<{ line: LineState }>(() => ({
  line: 'connecting',
}));

/** What a tab may already show when its line opens. */
const MISSED = new Set(['conversations', 'conversation-counts', 'messages']);

let queue: Change[] = [];
let scheduled = false;
let flushing = false;

function schedule() {
  if (scheduled) return;
  scheduled = true;
  const run = () => {
    scheduled = false;
    void flush();
  };
  // A hidden tab gets no frames, and still wants its title and counts right.
  if (document.hidden) setTimeout(run, 250);
  else requestAnimationFrame(run);
}

async function flush() {
  if (flushing || queue.length === 0) return;
  flushing = true;
  const plan = planChanges(queue);
  queue = [];
  try {
    await refresh(plan);
  } finally {
    flushing = false;
    if (queue.length > 0) schedule();
  }
}

function receive(event: StreamEvent) {
  if (event.name === 'reset') {
    queue = [];
    void refreshAll();
    return;
  }
  if (event.name !== 'change') return;
  const change = readChange(event.data);
  if (!change) return;
  queue.push(change);
  schedule();
}

/** Joins the one stream of this browser. Returns how to leave it. */
export function startLive(whose: string): () => void {
  let heard = false;
  useLine.setState({ line: 'connecting' });
  const carrier = openCarrier(whose, (message: FromLine) => {
    if (message.type === 'event') {
      receive(message.event);
      return;
    }
    const { state } = message;
    if (useLine.getState().line !== state) useLine.setState({ line: state });
    if (state === 'open' && !heard) {
      heard = true;
      // What changed between the first questions of this tab and now was told to nobody.
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) => MISSED.has(String(queryKey[0])),
      });
    }
    // The session has ended: the next question of this tab will say so and lead to the sign-in.
    if (state === 'refused')
      void queryClient.invalidateQueries({ queryKey: ['conversation-counts'] });
  });
  addEventListener('online', carrier.wake);
  return () => {
    removeEventListener('online', carrier.wake);
    carrier.close();
    queue = [];
  };
}
