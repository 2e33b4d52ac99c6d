import type { ReactNode } from 'react';
import { OptOutDialog } from '@/features/compliance/OptOutDialog';
import { AssignDialog } from '@/features/conversation/AssignDialog';
import { SnoozeDialog } from '@/features/conversation/SnoozeDialog';
import { t } from '@/i18n/t';
import type { Overlay } from '@/lib/desk';
import { Drawer } from '@/ui/Drawer';

/** What may lie over a conversation: assign, snooze, and the customer where there is no room beside. */
export function ConversationOverlays({
  overlay,
  me,
  panel,
  optingOut,
  onOptedOut,
  onClose,
  onAssign,
  onSnooze,
}: {
  overlay: Overlay | null;
  me: { id: string; name: string };
  /** Null where the panel stands beside the thread. */
  panel: ReactNode;
  /** The number that somebody is about to opt out. */
  optingOut: string | null;
  onOptedOut: () => void;
  onClose: () => void;
  onAssign: (member: { id: string; name: string } | null) => void;
  onSnooze: (until: number) => void;
}) {
  const shut = (open: boolean) => {
    if (!open) onClose();
  };
  return (
    <>
      <Drawer
        open={overlay === 'customer' && panel !== null}
        onOpenChange={shut}
        title={t.customer.title}
      >
        {panel}
      </Drawer>
      <AssignDialog open={overlay === 'assign'} me={me} onOpenChange={shut} onAssign={onAssign} />
      <OptOutDialog number={optingOut} onClose={onOptedOut} />
      <SnoozeDialog open={overlay === 'snooze'} onOpenChange={shut} onSnooze={onSnooze} />
    </>
  );
}
