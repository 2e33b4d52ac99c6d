import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Button } from './Button';

/** Asks before something that cannot be taken back. The button says what will happen. */
export function Confirm({
  open,
  onOpenChange,
  title,
  action,
  danger = false,
  busy = false,
  onConfirm,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  children?: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup className="float-in fixed inset-x-4 top-[24vh] z-40 mx-auto max-w-[420px] rounded-dialog border border-line bg-raised p-4 shadow-float">
          <Base.Title className="font-semibold text-title">{title}</Base.Title>
          <Base.Description render={<div />} className="mt-1.5 text-muted">
            {children}
          </Base.Description>
          <div className="mt-4 flex justify-end gap-2">
            <Base.Close render={<Button tone="quiet">{t.common.cancel}</Button>} />
            <Button tone={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
