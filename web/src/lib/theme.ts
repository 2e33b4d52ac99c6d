import { create } from 'zustand';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'hark.theme';
const dark = () => matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

function apply(theme: Theme) {
  const night = theme === 'dark' || (theme === 'system' && dark().matches);
  document.documentElement.dataset.theme = night ? 'dark' : 'light';
  document
    .querySelector('meta[name=theme-color]')
    ?.setAttribute('content', night ? '#111210' : '#f6f6f3');
}

export const useTheme = create<{ theme: Theme; setTheme: (theme: Theme) => void }>((set) => ({
  theme: stored(),
  setTheme(theme) {
    try {
      // The script that runs before first paint reads the bare word.
      if (theme === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // The choice then lasts until the tab closes.
    }
    apply(theme);
    set({ theme });
  },
}));

/** Follows the system while the choice is "system". */
export function watchTheme() {
  apply(useTheme.getState().theme);
  dark().addEventListener('change', () => apply(useTheme.getState().theme));
}
