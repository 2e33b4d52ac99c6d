import { cloneElement, type ReactElement, useEffect, useState } from 'react';
import { Kbd } from './Kbd';

type Side = 'top' | 'bottom' | 'left' | 'right';

interface Shown {
  label: string;
  keys: string | undefined;
  side: Side;
  box: DOMRect;
}

const DELAY_MS = 450;
/** Once one is shown, its neighbours follow without waiting. */
const WARM_MS = 400;
const GAP = 6;

/**
 * A label on hover or focus, with the key that does the same. Never the only place of a fact: the
 * element carries the label as its name as well.
 */
export function Tooltip({
  label,
  keys,
  side = 'bottom',
  children,
}: {
  label: string;
  keys?: string | undefined;
  side?: Side;
  children: ReactElement<Record<string, unknown>>;
}) {
  return cloneElement(children, {
    'data-tip': label,
    'data-tip-keys': keys,
    'data-tip-side': side,
  });
}

function read(target: EventTarget | null): Shown | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
  if (!element) return null;
  const { tip = '', tipKeys, tipSide } = element.dataset;
  const side = tipSide === 'top' || tipSide === 'left' || tipSide === 'right' ? tipSide : 'bottom';
  return { label: tip, keys: tipKeys, side, box: element.getBoundingClientRect() };
}

/** The one popup for all of them: hundreds of buttons need no machinery of their own. */
export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hiddenAt = 0;
    let current: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      current = null;
      setShown((now) => {
        if (now) hiddenAt = performance.now();
        return null;
      });
    };
    const enter = (event: Event) => {
      const element = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      if (element === current) return;
      hide();
      // A finger needs no hint, and would only see it after the deed.
      if (!element || (event instanceof PointerEvent && event.pointerType === 'touch')) return;
      if (event.type === 'focusin' && !element.matches(':focus-visible')) return;
      current = element;
      const wait = performance.now() - hiddenAt < WARM_MS ? 0 : DELAY_MS;
      timer = setTimeout(() => {
        if (element.isConnected) setShown(read(element));
      }, wait);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };
    document.addEventListener('pointerover', enter);
    document.addEventListener('focusin', enter);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', key);
    addEventListener('scroll', hide, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('focusin', enter);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', key);
      removeEventListener('scroll', hide, true);
    };
  }, []);

  if (!shown) return null;
  return (
    <div
      aria-hidden
      ref={(node) => {
        if (node) place(node, shown);
      }}
      className="arrive pointer-events-none fixed top-0 left-0 z-50 flex items-center gap-2 whitespace-nowrap rounded-control border border-line bg-raised px-2 py-1 text-ink text-label shadow-float"
    >
      {shown.label}
      {shown.keys ? <Kbd keys={shown.keys} /> : null}
    </div>
  );
}

/** Beside the element, pushed back inside the window where it would stick out. */
function place(node: HTMLElement, { box, side }: Shown) {
  const { width, height } = node.getBoundingClientRect();
  const middle = { x: box.left + (box.width - width) / 2, y: box.top + (box.height - height) / 2 };
  const x =
    side === 'left' ? box.left - width - GAP : side === 'right' ? box.right + GAP : middle.x;
  let y = side === 'top' ? box.top - height - GAP : side === 'bottom' ? box.bottom + GAP : middle.y;
  if (y + height > innerHeight - 4) y = box.top - height - GAP;
  const left = Math.max(4, Math.min(x, innerWidth - width - 4));
  node.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(4, y))}px)`;
}
