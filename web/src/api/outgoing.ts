import { create } from 'zustand';
import type { Schemas } from './client';

/** A text or note on its way to the server: painted at once, replaced by the echo with its id. */
export interface Outgoing {
  id: string;
  kind: 'text' | 'note';
  body: string;
  media: Schemas['Media'][];
  at: number;
}

const NOTHING: Outgoing[] = [];

export const outgoing = create<{
  by: Record<string, Outgoing[]>;
  add: (conversation: string, item: Outgoing) => void;
  settle: (conversation: string, id: string) => void;
}>((set) => ({
  by: {},
  add: (conversation, item) =>
    set((state) => {
      const before = (state.by[conversation] ?? []).filter(({ id }) => id !== item.id);
      return { by: { ...state.by, [conversation]: [...before, item] } };
    }),
  settle: (conversation, id) =>
    set((state) => {
      const before = state.by[conversation];
      if (!before?.some((item) => item.id === id)) return state;
      const rest = before.filter((item) => item.id !== id);
      if (rest.length > 0) return { by: { ...state.by, [conversation]: rest } };
      const { [conversation]: _gone, ...by } = state.by;
      return { by };
    }),
}));

export const useOutgoing = (conversation: string) =>
  outgoing((state) => state.by[conversation] ?? NOTHING);
