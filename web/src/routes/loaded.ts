import { useEffect, useState } from 'react';

/**
 * Loads a part after the page is idle and keeps it in a variable. Not React.lazy: Suspense holds back
 * the first reveal by some 300 ms even when the chunk is already there.
 */
export function useLoaded<Part>(
  store: { part: Part | null },
  load: () => Promise<Part>,
  wanted: boolean,
): Part | null {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (store.part) return;
    let alive = true;
    const run = () => {
      void load().then((part) => {
        store.part = part;
        if (alive) redraw((count) => count + 1);
      });
    };
    const idle = wanted ? null : setTimeout(run, 1200);
    if (wanted) run();
    return () => {
      alive = false;
      if (idle !== null) clearTimeout(idle);
    };
  }, [store, load, wanted]);
  return store.part;
}
