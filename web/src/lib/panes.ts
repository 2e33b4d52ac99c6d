import { LIST_WIDTH, PANEL_WIDTH } from './desk';

/** Narrower than this, lines of a thread break too often to be read. */
export const THREAD_MIN = 480;

export interface Pane {
  width: number;
  bounds: { min: number; max: number };
}

/**
 * How wide list and panel stand in a room: as somebody made them where that leaves the
 * thread its own; else the panel gives way first, then the list; what was chosen is kept for a wider window.
 */
export function panes(
  room: number,
  chosen: { list: number; panel: number },
  shown: { list: boolean; panel: boolean },
): { list: Pane; panel: Pane } {
  const free = room - THREAD_MIN;
  const paneOf = (width: number, { min, max }: Pane['bounds'], left: number): Pane => {
    const bounds = { min, max: Math.min(max, Math.max(min, left)) };
    return { width: Math.min(bounds.max, Math.max(min, width)), bounds };
  };
  const list = paneOf(chosen.list, LIST_WIDTH, shown.panel ? free - PANEL_WIDTH.min : free);
  const left = shown.list ? free - list.width : free;
  return { list, panel: paneOf(chosen.panel, PANEL_WIDTH, left) };
}
