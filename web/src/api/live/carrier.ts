import type { StreamEvent } from './event-stream';
import { Line, type LineState } from './line';

/** What passes between tabs and the one that holds the line. */
export type FromLine = { type: 'state'; state: LineState } | { type: 'event'; event: StreamEvent };
/** `whose` names member and workspace: a line opened for another is of no use. */
export type ToLine =
  | { type: 'join'; whose: string }
  | { type: 'wake'; whose: string }
  | { type: 'leave'; whose: string };

export interface Carrier {
  wake: () => void;
  close: () => void;
}

type Hear = (message: FromLine) => void;

/** Browsers give a host six connections over HTTP/1.1, so all tabs of a browser share one stream. */
export function openCarrier(whose: string, hear: Hear): Carrier {
  if (typeof SharedWorker === 'function') {
    try {
      return overWorker(whose, hear);
    } catch {
      // A worker may be forbidden where a page is not; the tabs then choose one of themselves.
    }
  }
  if (typeof BroadcastChannel === 'function' && 'locks' in navigator) return overTabs(whose, hear);
  return ownLine(hear);
}

/** A worker answers a tab that joins at once. One that has not by now did not start, and says nothing of it. */
const ANSWER_MS = 8_000;

function overWorker(whose: string, hear: Hear): Carrier {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'hark-live',
  });
  const { port } = worker;
  const say = (message: ToLine) => port.postMessage(message);
  const leave = () => say({ type: 'leave', whose });
  let instead: Carrier | null = null;
  const goAlone = () => {
    if (instead) return;
    instead = ownLine(hear);
    leave();
  };
  const unanswered = setTimeout(goAlone, ANSWER_MS);
  // The script did not load: an old tab after an upgrade, say.
  worker.onerror = goAlone;
  port.onmessage = ({ data }: MessageEvent<FromLine>) => {
    clearTimeout(unanswered);
    if (!instead) hear(data);
  };
  say({ type: 'join', whose });
  const back = (event: PageTransitionEvent) => {
    if (event.persisted && !instead) say({ type: 'join', whose });
  };
  addEventListener('pagehide', leave);
  addEventListener('pageshow', back);
  return {
    wake: () => (instead ? instead.wake() : say({ type: 'wake', whose })),
    close: () => {
      clearTimeout(unanswered);
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', back);
      instead?.close();
      leave();
      port.close();
    },
  };
}

/** Without shared workers: the tab that gets the lock holds the line and tells the others. */
export function overTabs(whose: string, hear: Hear): Carrier {
  const channel = new BroadcastChannel(`hark-live:${whose}`);
  const giveUp = new AbortController();
  let line: Line | null = null;
  let state: LineState = 'connecting';
  // How far the line of the tab before this one had come, should it be this one's turn.
  let wasOpen = false;
  let since = '';
  const note = (message: FromLine) => {
    if (message.type === 'event') since = message.event.id || since;
    else wasOpen ||= message.state === 'open';
  };
  const tell = (message: FromLine) => {
    if (message.type === 'state') state = message.state;
    channel.postMessage(message);
    hear(message);
  };
  channel.onmessage = ({ data }: MessageEvent<FromLine | ToLine>) => {
    if (data.type === 'state' || data.type === 'event') {
      note(data);
      hear(data);
    } else if (data.type === 'wake') line?.wake();
    else if (data.type === 'join' && line) channel.postMessage({ type: 'state', state });
  };
  channel.postMessage({ type: 'join', whose });
  navigator.locks
    .request(`hark-live:${whose}`, { signal: giveUp.signal }, () => {
      line = new Line({
        state: (next) => tell({ type: 'state', state: next }),
        event: (event) => tell({ type: 'event', event }),
      });
      if (wasOpen) line.resume(since);
      else line.open();
      // Held until this tab closes its line or is gone.
      return new Promise<void>((done) => giveUp.signal.addEventListener('abort', () => done()));
    })
    .catch(() => {
      // Given up before it was this tab's turn.
    });
  return {
    wake: () => (line ? line.wake() : channel.postMessage({ type: 'wake', whose })),
    close: () => {
      giveUp.abort();
      line?.close();
      channel.close();
    },
  };
}

function ownLine(hear: Hear): Carrier {
  const line = new Line({
    state: (state) => hear({ type: 'state', state }),
    event: (event) => hear({ type: 'event', event }),
  });
  line.open();
  return { wake: () => line.wake(), close: () => line.close() };
}
