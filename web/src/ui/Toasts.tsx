import { X } from 'lucide-react';
import { useEffect } from 'react';
import { create } from 'zustand';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useDesk } from '@/lib/desk';
import { useIsPhone } from '@/lib/hooks';

const SHOWN_MAX = 3;
const PLAIN_MS = 5000;
/** Bad news is worth a longer look. */
const BAD_MS = 9000;

export interface ToastAction {
  label: string;
  run: () => void;
}

interface Item {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  timeout: number;
  action: ToastAction | undefined;
}

let counter = 0;
const useToasts = create<{ items: Item[]; drop: (id: number) => void }>((set) => ({
  items: [],
  drop: (id) => set((state) => ({ items: state.items.filter((item) => item.id !== id) })),
}));

/** Says that something happened, with the way back when there is one. */
export function toast(
  text: string,
  options: { action?: ToastAction; tone?: 'plain' | 'bad'; timeout?: number } = {},
) {
  const { action, tone = 'plain', timeout = tone === 'bad' ? BAD_MS : PLAIN_MS } = options;
  counter += 1;
  const item = { id: counter, text, tone, timeout, action };
  useToasts.setState((state) => ({ items: [...state.items, item].slice(-SHOWN_MAX) }));
}

/** The newest offer to take something back, for Ctrl Z. */
export function runLastAction(): boolean {
  const { items, drop } = useToasts.getState();
  const last = items.findLast((item) => item.action);
  if (!last) return false;
  drop(last.id);
  last.action?.run();
  return true;
}

function Toast({ item }: { item: Item }) {
  const drop = useToasts((state) => state.drop);
  useEffect(() => {
    const timer = setTimeout(() => drop(item.id), item.timeout);
    return () => clearTimeout(timer);
  }, [item, drop]);
  return (
    <div
      role={item.tone === 'bad' ? 'alert' : undefined}
      className={cn(
        'arrive pointer-events-auto flex w-full items-center gap-3 rounded-card border border-line bg-raised py-2 ps-3.5 pe-2 shadow-float',
        item.tone === 'bad' && 'border-bad',
      )}
    >
      <p className="min-w-0 flex-1">{item.text}</p>
      {item.action ? (
        <button
          type="button"
          onClick={() => {
            drop(item.id);
            item.action?.run();
          }}
          className="h-8 shrink-0 rounded-control px-2 font-semibold text-accent hover:bg-sunken max-md:h-11"
        >
          {item.action.label}
        </button>
      ) : null}
      <button
        type="button"
        aria-label={t.common.dismiss}
        onClick={() => drop(item.id)}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-sunken max-md:size-11"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}

/** Widest on a desk, and how much of the list beside it stays free, in px. */
const WIDTH_MAX = 420;
const LIST_MARGIN = 16;

/**
 * A live region; it takes neither focus nor clicks beside its buttons. On a desk it stands at the
 * foot of the list, and with the list folded below the thread's head: nowhere over a composer.
 */
export function Toasts() {
  const items = useToasts((state) => state.items);
  const { listFolded, listWidth } = useDesk();
  const phone = useIsPhone();
  return (
    <section
      aria-live="polite"
      aria-label={t.common.notices}
      style={phone ? undefined : { width: Math.min(WIDTH_MAX, listWidth - LIST_MARGIN) }}
      className={cn(
        'pointer-events-none fixed z-50 flex flex-col gap-2 max-md:inset-x-3 max-md:bottom-[76px] md:start-16',
        listFolded ? 'md:top-20' : 'md:bottom-4',
      )}
    >
      {items.map((item) => (
        <Toast key={item.id} item={item} />
      ))}
    </section>
  );
}
