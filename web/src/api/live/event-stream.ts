export interface StreamEvent {
  name: string;
  id: string;
  data: string;
}

/**
 * Reads server-sent events from chunks of text. The browser's own EventSource hides the comments
 * that serve as heartbeats, so a dead line would look like a quiet one.
 */
export class EventParser {
  private rest = '';
  private name = '';
  private id = '';
  private data: string[] = [];
  private readonly emit: (event: StreamEvent) => void;

  constructor(emit: (event: StreamEvent) => void) {
    this.emit = emit;
  }

  push(chunk: string) {
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string) {
    if (line === '') {
      if (this.data.length > 0 || this.name) {
        this.emit({ name: this.name || 'message', id: this.id, data: this.data.join('\n') });
      }
      this.name = '';
      this.id = '';
      this.data = [];
      return;
    }
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'id') this.id = value;
    else if (field === 'data') this.data.push(value);
  }
}

/** The server answered, and not with a stream. */
export class StreamRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the live stream was refused with ${status}`);
    this.status = status;
  }
}

/** Reads one stream until it ends or is aborted; throws `StreamRefused` when the server has none. */
export async function readEventStream(
  url: string,
  signal: AbortSignal,
  on: { onOpen: () => void; onBytes: () => void; onEvent: (event: StreamEvent) => void },
): Promise<void> {
  const response = await fetch(url, {
    signal,
    headers: { Accept: 'text/event-stream' },
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (!response.ok || !response.body) throw new StreamRefused(response.status);
  on.onOpen();
  const parser = new EventParser(on.onEvent);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    on.onBytes();
    parser.push(value);
  }
}
