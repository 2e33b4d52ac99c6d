import { type RefObject, useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

/** One pane at a time. */
export const useIsPhone = () => useMedia('(max-width: 767px)');
/** Room for list, thread and panel. */
export const useIsWide = () => useMedia('(min-width: 1280px)');

/** How wide an element stands, renewed as that changes. */
export function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => innerWidth);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return width;
}

/** The time, renewed each half minute: ages in lists stay true without a timer per row. */
export function useNow(every = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** A value once it has rested. Of another thing (`of`) it is taken at once. */
export function useDebounced<Value>(value: Value, ms: number, of?: string): Value {
  const [late, setLate] = useState({ of, value });
  useEffect(() => {
    if (late.of === of && late.value === value) return;
    const timer = setTimeout(() => setLate({ of, value }), ms);
    return () => clearTimeout(timer);
  }, [value, ms, of, late]);
  if (late.of === of) return late.value;
  setLate({ of, value });
  return value;
}

/** Whether something has held for a while, without a break. */
export function useLasting(holds: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setLasting(true), ms);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [holds, ms]);
  return holds && lasting;
}

/** Sets the tab's title while a screen is shown. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('online', changed);
      addEventListener('offline', changed);
      return () => {
        removeEventListener('online', changed);
        removeEventListener('offline', changed);
      };
    },
    () => navigator.onLine,
  );
}
