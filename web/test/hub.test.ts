import { describe, expect, it, vi } from 'vitest';
import { type FromLine, openCarrier, overTabs } from '@/api/live/carrier';
import { Hub } from '@/api/live/hub';
import { Line, type LineListener } from '@/api/live/line';

function setUp() {
  const line = { open: vi.fn(), close: vi.fn(), wake: vi.fn() };
  let to: LineListener | undefined;
  const hub = new Hub((listener) => {
    to = listener;
    return line;
  });
  const tab = () => {
    const heard: FromLine[] = [];
    return { heard, postMessage: (message: FromLine) => heard.push(message) };
  };
  const event = (id: string) => to?.event({ name: 'change', id, data: '{}' });
  return { hub, line, tab, event, state: (state: 'open' | 'lost' | 'refused') => to?.state(state) };
}

describe('one line for all tabs', () => {
  it('opens with the first, tells all, and closes with the last', () => {
    const { hub, line, tab, event, state } = setUp();
    const [one, two] = [tab(), tab()];
    hub.take(one, { type: 'join', whose: 'maya' });
    expect(line.open).toHaveBeenCalledTimes(1);
    state('open');
    hub.take(two, { type: 'join', whose: 'maya' });
    expect(two.heard).toEqual([{ type: 'state', state: 'open' }]);
    event('7');
    for (const heard of [one.heard, two.heard])
      expect(heard.at(-1)).toEqual({
        type: 'event',
        event: { name: 'change', id: '7', data: '{}' },
      });
    hub.take(one, { type: 'leave', whose: 'maya' });
    expect(line.close).not.toHaveBeenCalled();
    event('8');
    expect(one.heard.filter((message) => message.type === 'event')).toHaveLength(1);
    hub.take(two, { type: 'leave', whose: 'maya' });
    expect(line.close).toHaveBeenCalledTimes(1);
  });

  it('never tells one member what another hears', () => {
    const { hub, line, tab, event } = setUp();
    const [maya, sam] = [tab(), tab()];
    hub.take(maya, { type: 'join', whose: 'maya' });
    hub.take(sam, { type: 'join', whose: 'sam' });
    expect(line.close).toHaveBeenCalledTimes(1);
    event('9');
    expect(maya.heard.some((message) => message.type === 'event')).toBe(false);
    expect(sam.heard.some((message) => message.type === 'event')).toBe(true);
    // A tab of the former member cannot touch the new one's line either.
    hub.take(maya, { type: 'wake', whose: 'maya' });
    expect(line.wake).not.toHaveBeenCalled();
  });

  it('comes back after the session had ended', () => {
    const { hub, line, tab, state } = setUp();
    const one = tab();
    hub.take(one, { type: 'join', whose: 'maya' });
    state('refused');
    const two = tab();
    hub.take(two, { type: 'join', whose: 'maya' });
    expect(two.heard).toEqual([{ type: 'state', state: 'connecting' }]);
    expect(line.open).toHaveBeenCalledTimes(2);
  });
});

describe('a line that is cut', () => {
  const answer = (text: string) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );

  /** What is told, and what is asked, over three openings of the stream. */
  async function cuts(text: string) {
    vi.useFakeTimers();
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(answer(text));
    });
    const told: string[] = [];
    const line = new Line({
      state: (state) => told.push(state),
      event: (event) => told.push(event.name),
    });
    line.open();
    while (asked.length < 3) await vi.advanceTimersByTimeAsync(100);
    line.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    return { asked, told };
  }

  it('asks for everything anew when it had heard nothing yet', async () => {
    const { asked, told } = await cuts(': 41\n\n');
    expect(asked[1]).toBe('/api/v1/live');
    expect(told.slice(0, 4)).toEqual(['open', 'lost', 'open', 'reset']);
  });

  it('goes on where it was when it had', async () => {
    const { asked, told } = await cuts('event: change\nid: 42\ndata: {}\n\n');
    expect(asked[1]).toBe('/api/v1/live?since=42');
    expect(told).not.toContain('reset');
  });
});

describe('a tab that takes the line over', () => {
  /** What it asks for and tells itself when the tab before it, which was open and heard these, is gone. */
  async function takeOver(heard: string[]) {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(
        new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } }),
      );
    });
    let channel: { onmessage?: (message: { data: FromLine }) => void } = {};
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        onmessage?: (message: { data: FromLine }) => void;
        postMessage = vi.fn();
        close = vi.fn();
        constructor() {
          channel = this;
        }
      },
    );
    let turn = () => {};
    const locks = {
      request: (_name: string, _options: object, work: () => Promise<void>) =>
        new Promise<void>((done) => {
          turn = () => void work().then(done);
        }),
    };
    vi.stubGlobal('navigator', { locks });
    const told: string[] = [];
    const carrier = overTabs('maya', (message) =>
      told.push(message.type === 'state' ? message.state : message.event.name),
    );
    channel.onmessage?.({ data: { type: 'state', state: 'open' } });
    for (const id of heard)
      channel.onmessage?.({ data: { type: 'event', event: { name: 'change', id, data: '{}' } } });
    told.length = 0;
    turn();
    await vi.waitFor(() => expect(told).toContain('open'));
    carrier.close();
    vi.unstubAllGlobals();
    return { asked, told };
  }

  it('goes on where the one before it was', async () => {
    expect(await takeOver(['41', '42'])).toEqual({
      asked: ['/api/v1/live?since=42'],
      told: ['open'],
    });
  });

  it('asks for everything anew when nobody knows where that was', async () => {
    expect(await takeOver([])).toEqual({ asked: ['/api/v1/live'], told: ['open', 'reset'] });
  });
});

describe('a worker that does not start', () => {
  it('leaves the tab to hold a line of its own, and is not heard afterwards', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(new ReadableStream()));
    });
    const port: { onmessage?: (message: { data: FromLine }) => void } & Record<string, unknown> = {
      postMessage: vi.fn(),
      close: vi.fn(),
    };
    vi.stubGlobal(
      'SharedWorker',
      class {
        port = port;
      },
    );
    const heard: FromLine[] = [];
    const carrier = openCarrier('maya', (message) => heard.push(message));
    await vi.advanceTimersByTimeAsync(7_900);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(['/api/v1/live']);
    expect(heard).toEqual([{ type: 'state', state: 'open' }]);
    port.onmessage?.({ data: { type: 'state', state: 'lost' } });
    expect(heard).toHaveLength(1);
    carrier.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
});
