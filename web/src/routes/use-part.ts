import { type ComponentType, useEffect, useState } from 'react';

/** A page of an area that is its own chunk; null until it is there. */
export function usePart<Props>(
  entry: { load: () => Promise<ComponentType<Props>> } | undefined,
): ComponentType<Props> | null {
  const [Part, setPart] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    let alive = true;
    void entry?.load().then((part) => alive && setPart(() => part));
    return () => {
      alive = false;
    };
  }, [entry]);
  return Part;
}
