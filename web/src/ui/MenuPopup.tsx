import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { cn } from '@/lib/cn';
import { Kbd } from './Kbd';

/** A deed may have opened a dialog that has the focus already: what is typed next is meant for it. */
function leaveFocus(): false | undefined {
  return document.activeElement?.closest('[role="dialog"]') ? false : undefined;
}

export function MenuPopup({
  open,
  onOpenChange,
  anchor,
  align,
  side,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  anchor: RefObject<HTMLElement | null>;
  align: 'start' | 'end';
  side: 'top' | 'bottom' | 'right';
  children: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {/* Inside the page's landmark, so that who goes from landmark to landmark comes by it. */}
      <Base.Portal container={document.querySelector<HTMLElement>('main') ?? document.body}>
        <Base.Positioner
          anchor={anchor}
          side={side}
          align={align}
          sideOffset={6}
          className="z-50 outline-none"
        >
          <Base.Popup
            finalFocus={() => leaveFocus() ?? anchor.current?.querySelector('button') ?? true}
            className="float-in max-h-[70vh] min-w-[200px] max-w-[320px] overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-float outline-none"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  icon: Icon,
  keys,
  danger = false,
  disabled = false,
  checked,
  hint,
  onSelect,
  children,
}: {
  icon?: LucideIcon | undefined;
  keys?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean | undefined;
  hint?: string | undefined;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Base.Item
      disabled={disabled}
      onClick={onSelect}
      aria-current={checked || undefined}
      className={cn(
        'flex min-h-8 cursor-default select-none items-center gap-2 rounded-control px-2 py-1 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken max-md:min-h-11',
        danger && 'text-bad',
        checked && 'font-medium text-accent',
      )}
    >
      {Icon ? <Icon aria-hidden className="size-4 shrink-0 opacity-80" strokeWidth={1.75} /> : null}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint ? <span className="text-faint text-label">{hint}</span> : null}
      {keys ? <Kbd keys={keys} /> : null}
    </Base.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-1.5 pb-1 font-medium text-faint text-meta">{children}</div>;
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />;
}
