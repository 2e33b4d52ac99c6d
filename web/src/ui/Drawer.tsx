import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';

/** A panel that slides over the end side; on a phone it rises from below. */
export function Drawer({
  open,
  onOpenChange,
  title,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup className="float-in fixed z-40 flex flex-col border-line bg-surface shadow-float max-md:inset-x-0 max-md:bottom-0 max-md:h-[86dvh] max-md:rounded-t-dialog max-md:border-t max-md:pb-[env(safe-area-inset-bottom)] md:inset-y-0 md:end-0 md:w-[380px] md:border-s">
          <div className="flex items-center justify-between border-line border-b px-4 py-2">
            <Base.Title className="font-semibold text-title">{title}</Base.Title>
            <Base.Close
              aria-label={t.common.close_dialog}
              className="inline-flex size-8 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink max-md:size-11"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
