import { readEventStream, type StreamEvent, StreamRefused } from './event-stream';

/** The server sends a comment each 15 s; longer silence than this means a dead line. */
const SILENCE_MS = 25_000;
const RETRY_MIN_MS = 500;
/** A server that comes back is found soon; the spread keeps its browsers from coming at once. */
const RETRY_MAX_MS = 5_000;

export type LineState = 'connecting' | 'open' | 'lost' | 'refused';

export interface LineListener {
  state: (state: LineState) => void;
  event: (event: StreamEvent) => void;
}

/**
 * The connection to the live stream: hears silence as a cut, comes back after a pause that grows and is
 * never the same for two browsers, and resumes where it was. Knows no cache and no screen, so that it
 * runs in a worker as well as in a tab.
 */
export class Line {
  private stream: AbortController | null = null;
  private since = '';
  private opened = false;
  private retry = RETRY_MIN_MS;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly to: LineListener;

  constructor(to: LineListener) {
    this.to = to;
  }

  /** Goes on where another line ended, which was open and last heard this; empty when it heard nothing. */
  resume(since: string) {
    this.since = since;
    this.opened = true;
    this.open();
  }

  open() {
    if (!this.stream) void this.connect();
  }

  close() {
    this.hangUp();
    this.since = '';
    this.opened = false;
    this.retry = RETRY_MIN_MS;
  }

  /** The network is back, says the browser: no reason to wait any longer. */
  wake() {
    this.retry = RETRY_MIN_MS;
    this.reconnect();
  }

  private hangUp() {
    clearTimeout(this.silence);
    clearTimeout(this.again);
    this.stream?.abort();
    this.stream = null;
  }

  private reconnect() {
    this.hangUp();
    this.to.state('lost');
    const wait = this.retry * (0.5 + Math.random());
    this.retry = Math.min(this.retry * 2, RETRY_MAX_MS);
    this.again = setTimeout(() => void this.connect(), wait);
  }

  private heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.reconnect(), SILENCE_MS);
  }

  private async connect() {
    this.hangUp();
    const own = new AbortController();
    this.stream = own;
    this.heard();
    try {
      await readEventStream(
        `/api/v1/live${this.since ? `?since=${encodeURIComponent(this.since)}` : ''}`,
        own.signal,
        {
          onOpen: () => {
            this.retry = RETRY_MIN_MS;
            this.to.state('open');
            // Cut before it heard anything: it does not know where it was, so nobody knows what was missed.
            if (this.opened && !this.since) this.to.event({ name: 'reset', id: '', data: '' });
            this.opened = true;
          },
          onBytes: () => this.heard(),
          onEvent: (event) => {
            if (event.id) this.since = event.id;
            this.to.event(event);
          },
        },
      );
    } catch (error) {
      if (error instanceof StreamRefused && error.status === 401 && !own.signal.aborted) {
        this.close();
        this.to.state('refused');
        return;
      }
    }
    if (!own.signal.aborted) this.reconnect();
  }
}
