import { create } from 'zustand';
import { isBoolean, isNumber, read, write } from './storage';

export type Overlay = 'palette' | 'help' | 'new-text' | 'assign' | 'snooze' | 'customer';

interface Desk {
  overlay: Overlay | null;
  dock: boolean;
  listFolded: boolean;
  panelFolded: boolean;
  listWidth: number;
  open: (overlay: Overlay | null) => void;
  toggleDock: () => void;
  toggleList: () => void;
  togglePanel: () => void;
  setListWidth: (width: number) => void;
}

export const LIST_WIDTH = { min: 280, max: 480, initial: 340 };

/** How the desk is arranged: what is folded, how wide, what lies on top. Remembered per browser. */
export const useDesk = create<Desk>((set) => ({
  overlay: null,
  dock: false,
  listFolded: read('hark.list-folded', isBoolean) ?? false,
  panelFolded: read('hark.panel-folded', isBoolean) ?? false,
  listWidth: read('hark.list-width', isNumber) ?? LIST_WIDTH.initial,
  open: (overlay) => set({ overlay }),
  toggleDock: () => set((state) => ({ dock: !state.dock })),
  toggleList: () =>
    set((state) => {
      write('hark.list-folded', !state.listFolded);
      return { listFolded: !state.listFolded };
    }),
  togglePanel: () =>
    set((state) => {
      write('hark.panel-folded', !state.panelFolded);
      return { panelFolded: !state.panelFolded };
    }),
  setListWidth: (width) => {
    const listWidth = Math.min(LIST_WIDTH.max, Math.max(LIST_WIDTH.min, Math.round(width)));
    write('hark.list-width', listWidth);
    set({ listWidth });
  },
}));
