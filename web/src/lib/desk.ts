import { create } from 'zustand';
import { isBoolean, isNumber, read, write } from './storage';

export type Overlay = 'palette' | 'help' | 'new-text' | 'assign' | 'snooze' | 'customer';

interface Desk {
  overlay: Overlay | null;
  dock: boolean;
  listFolded: boolean;
  panelFolded: boolean;
  listWidth: number;
  panelWidth: number;
  density: Density;
  open: (overlay: Overlay | null) => void;
  toggleDock: () => void;
  toggleList: () => void;
  togglePanel: () => void;
  setListWidth: (width: number) => void;
  setPanelWidth: (width: number) => void;
  setDensity: (density: Density) => void;
}

export const LIST_WIDTH = { min: 280, max: 480, initial: 340 };
export const PANEL_WIDTH = { min: 280, max: 420, initial: 320 };

/** How much of a conversation its row in the list shows. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];
const isDensity = (value: unknown): value is Density => DENSITIES.some((one) => one === value);

const within = ({ min, max }: { min: number; max: number }, width: number) =>
  Math.min(max, Math.max(min, Math.round(width)));

/** How the desk is arranged: what is folded, how wide, what lies on top. Remembered per browser. */
export const useDesk = create<Desk>((set) => ({
  overlay: null,
  dock: false,
  listFolded: read('hark.list-folded', isBoolean) ?? false,
  panelFolded: read('hark.panel-folded', isBoolean) ?? false,
  listWidth: read('hark.list-width', isNumber) ?? LIST_WIDTH.initial,
  panelWidth: read('hark.panel-width', isNumber) ?? PANEL_WIDTH.initial,
  density: read('hark.density', isDensity) ?? 'comfortable',
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
    const listWidth = within(LIST_WIDTH, width);
    write('hark.list-width', listWidth);
    set({ listWidth });
  },
  setPanelWidth: (width) => {
    const panelWidth = within(PANEL_WIDTH, width);
    write('hark.panel-width', panelWidth);
    set({ panelWidth });
  },
  setDensity: (density) => {
    write('hark.density', density);
    set({ density });
  },
}));
