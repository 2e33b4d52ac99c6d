import { Dialog as Base } from '@base-ui/react/dialog';
import { type ComponentProps, useState } from 'react';
import { Pick } from './Pick';

/** The shape of the palette, of assign and of snooze: type, arrow, Enter, gone. */
export function PickDialog({
  open,
  onOpenChange,
  onPick,
  query: controlled,
  onQuery,
  ...rest
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  query?: string;
  onQuery?: (query: string) => void;
} & Omit<ComponentProps<typeof Pick>, 'query' | 'onQuery'>) {
  const [own, setOwn] = useState('');
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) setOwn('');
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup className="fixed inset-x-3 top-[10vh] z-40 mx-auto max-w-[560px] overflow-hidden rounded-dialog border border-line bg-raised shadow-float max-md:top-[4vh]">
          <Base.Title className="sr-only">{rest.label}</Base.Title>
          <Pick
            {...rest}
            query={controlled ?? own}
            onQuery={onQuery ?? setOwn}
            onPick={(item) => {
              setOwn('');
              onOpenChange(false);
              onPick(item);
            }}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
