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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = () => {
      load().then(
        (part) => {
          store.part = part;
          if (alive) redraw((count) => count + 1);
        },
        () => {
          // The page is going away, or the line is down. What was only fetched ahead can wait until it
          // is wanted; what is wanted is tried again.
          if (alive && wanted) timer = setTimeout(run, 1000);
        },
      );
    };
    if (wanted) run();
    else timer = setTimeout(run, 1200);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [store, load, wanted]);
  return store.part;
}
