import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Drawn under the title, read out with it. */
  description?: ReactNode;
  width?: 'sm' | 'md' | 'lg';
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

const WIDTH = { sm: 'md:max-w-[400px]', md: 'md:max-w-[520px]', lg: 'md:max-w-[720px]' };

/** A dialog in the middle of a desk, a sheet from below on a phone. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  width = 'md',
  initialFocus,
  children,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          {...(initialFocus ? { initialFocus } : {})}
          className={cn(
            'float-in fixed z-40 flex flex-col overflow-hidden border border-line bg-raised shadow-float',
            'max-md:inset-x-0 max-md:bottom-0 max-md:max-h-[92dvh] max-md:rounded-t-dialog max-md:pb-[env(safe-area-inset-bottom)]',
            'md:start-1/2 md:top-[12vh] md:max-h-[76vh] md:w-[calc(100%-48px)] md:-translate-x-1/2 md:rounded-dialog',
            WIDTH[width],
          )}
        >
          <div className="flex items-start justify-between gap-3 px-4 pt-3 pb-2">
            <div className="min-w-0 pt-1">
              <Base.Title className="font-semibold text-title">{title}</Base.Title>
              {description ? (
                <Base.Description className="mt-1 text-muted">{description}</Base.Description>
              ) : null}
            </div>
            <Base.Close
              aria-label={t.common.close_dialog}
              className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink max-md:size-11"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="min-h-0 overflow-y-auto px-4 pt-1 pb-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of buttons at the foot of a dialog or a form: what happens next stands last. */
export function Actions({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cn(
        'mt-4 flex flex-wrap items-center justify-end gap-2 max-md:[&>button]:flex-1',
        className,
      )}
    >
      {children}
    </div>
  );
}
