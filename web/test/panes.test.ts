import { describe, expect, it } from 'vitest';
import { LIST_WIDTH, PANEL_WIDTH } from '@/lib/desk';
import { panes, THREAD_MIN } from '@/lib/panes';

const WIDEST = { list: LIST_WIDTH.max, panel: PANEL_WIDTH.max };
const NARROWEST = { list: LIST_WIDTH.min, panel: PANEL_WIDTH.min };

describe('panes', () => {
  it.each([
    // A window of 1280 px beside its rail, with the widest panes.
    [1224, WIDEST, true, [464, 280]],
    [1224, WIDEST, false, [480, 420]],
    [1224, { list: 340, panel: 420 }, true, [340, 404]],
    [1224, { list: 340, panel: 320 }, true, [340, 320]],
    [1600, WIDEST, true, [480, 420]],
    // A tablet has no room for what a thread wants: the list is as narrow as it gets.
    [712, WIDEST, false, [280, 280]],
    [712, NARROWEST, false, [280, 280]],
  ] as const)('in %d px, of %o, panel %s', (room, chosen, withPanel, [list, panel]) => {
    const shown = panes(room, chosen, { list: true, panel: withPanel });
    expect(shown.list.width).toBe(list);
    if (withPanel) expect(shown.panel.width).toBe(panel);
  });

  it('give a folded list’s room to the panel', () => {
    const shown = panes(1224, WIDEST, { list: false, panel: true });
    expect(shown.panel.width).toBe(PANEL_WIDTH.max);
  });

  it('leave the thread its own wherever three of them stand', () => {
    for (let room = 1216; room < 2000; room += 8) {
      for (const list of [0, 280, 340, 480, 900]) {
        for (const panel of [0, 280, 420, 900]) {
          const shown = panes(room, { list, panel }, { list: true, panel: true });
          expect(room - shown.list.width - shown.panel.width).toBeGreaterThanOrEqual(THREAD_MIN);
          for (const pane of [shown.list, shown.panel]) {
            expect(pane.width).toBeGreaterThanOrEqual(pane.bounds.min);
            expect(pane.width).toBeLessThanOrEqual(pane.bounds.max);
          }
        }
      }
    }
  });
});
