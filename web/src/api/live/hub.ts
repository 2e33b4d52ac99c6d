import type { FromLine, ToLine } from './carrier';
import { Line, type LineState } from './line';

interface Port {
  postMessage: (message: FromLine) => void;
}

/** One line for all tabs of a browser, and none once the last has left. */
export class Hub {
  private whose = '';
  private state: LineState = 'connecting';
  private readonly tabs = new Set<Port>();
  private readonly line: Pick<Line, 'open' | 'close' | 'wake'>;

  constructor(
    makeLine: (to: ConstructorParameters<typeof Line>[0]) => Hub['line'] = (to) => new Line(to),
  ) {
    this.line = makeLine({
      state: (state) => {
        this.state = state;
        this.tell({ type: 'state', state });
      },
      event: (event) => this.tell({ type: 'event', event }),
    });
  }

  take(from: Port, message: ToLine) {
    if (message.type === 'join') {
      // Another member or workspace signed in: what the old line says is no longer theirs to hear.
      if (this.whose !== message.whose) {
        if (this.whose !== '') this.line.close();
        this.tabs.clear();
        this.state = 'connecting';
        this.whose = message.whose;
      }
      this.tabs.add(from);
      if (this.state === 'refused') this.state = 'connecting';
      from.postMessage({ type: 'state', state: this.state });
      this.line.open();
    } else if (message.type === 'leave') {
      this.tabs.delete(from);
      if (this.tabs.size === 0) {
        this.line.close();
        this.state = 'connecting';
      }
    } else if (this.tabs.has(from)) {
      this.line.wake();
    }
  }

  private tell(message: FromLine) {
    for (const tab of this.tabs) tab.postMessage(message);
  }
}
