import { useCallback, useEffect, useRef } from 'react';

/** Closer to the end than this counts as being there. */
const END_PX = 24;

/**
 * Keeps a scrolled list at its newest entry while the reader is there: when an entry comes, when a
 * picture in it gets its height late, and when the list itself becomes shorter. Who has scrolled up to
 * read stays where they are. `scroller` and `content` are refs for the list and for what it holds;
 * `toEnd` goes there in any case.
 */
export function useStayAtEnd() {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const stays = useRef(true);
  const top = useRef(0);

  const follow = useCallback(() => {
    const list = box.current;
    // A list that is not shown has no place to be at.
    if (!list || list.clientHeight === 0 || !stays.current) return;
    list.scrollTop = list.scrollHeight;
    top.current = list.scrollTop;
  }, []);
  const toEnd = useCallback(() => {
    stays.current = true;
    follow();
  }, [follow]);

  useEffect(() => {
    const list = box.current;
    const content = inner.current;
    if (!list || !content) return;
    const scrolled = () => {
      if (list.clientHeight === 0) return;
      const left = list.scrollHeight - list.scrollTop - list.clientHeight;
      // Growth alone makes the end further away as well; only who goes up has left it.
      if (left <= END_PX) stays.current = true;
      else if (list.scrollTop < top.current) stays.current = false;
      top.current = list.scrollTop;
    };
    list.addEventListener('scroll', scrolled, { passive: true });
    const observer = new ResizeObserver(follow);
    observer.observe(list);
    observer.observe(content);
    return () => {
      list.removeEventListener('scroll', scrolled);
      observer.disconnect();
    };
  }, [follow]);

  return { scroller: box, content: inner, toEnd };
}
