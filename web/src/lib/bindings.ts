import { create } from 'zustand';
import { erase, read, write } from './storage';

const KEY = 'hark.keys';

type Own = Record<string, string | null>;

function isOwn(value: unknown): value is Own {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((keys) => keys === null || typeof keys === 'string')
  );
}

/** The keys a person changed: a binding, or null for "no key". */
export const bindings = create<{
  own: Own;
  bind: (id: string, keys: string | null) => void;
  reset: () => void;
}>((set) => ({
  own: read(KEY, isOwn) ?? {},
  bind: (id, keys) =>
    set((state) => {
      const own = { ...state.own, [id]: keys };
      write(KEY, own);
      return { own };
    }),
  reset: () => {
    erase(KEY);
    set({ own: {} });
  },
}));
