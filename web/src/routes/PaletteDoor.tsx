import { useNavigate } from '@tanstack/react-router';
import { Palette } from '@/features/palette/Palette';
import { useDesk } from '@/lib/desk';
import { usePageCommands } from './page-commands';

/** The palette, and where what is found in it lies. */
export function PaletteDoor() {
  const { overlay, open } = useDesk();
  const navigate = useNavigate();
  usePageCommands();
  return (
    <Palette
      open={overlay === 'palette'}
      onOpenChange={(next) => {
        if (!next) open(null);
      }}
      onOpenCustomer={(customer) => {
        open(null);
        void navigate({ to: '/customers/$customer', params: { customer } });
      }}
      onOpenMessage={(conversation, message) => {
        open(null);
        void navigate({
          to: '/inbox/$conversation',
          params: { conversation },
          search: { message },
        });
      }}
    />
  );
}
