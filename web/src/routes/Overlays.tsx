import { useNavigate } from '@tanstack/react-router';
import { NewTextDialog } from '@/features/composer/NewTextDialog';
import { KeyHelp } from '@/features/palette/KeyHelp';
import { useDesk } from '@/lib/desk';

/** What any screen may call up beside the palette: the keys, a new text. */
export function Overlays() {
  const { overlay, open } = useDesk();
  const navigate = useNavigate();
  const shut = (next: boolean) => {
    if (!next) open(null);
  };
  const openConversation = (conversation: string) => {
    open(null);
    void navigate({ to: '/inbox/$conversation', params: { conversation } });
  };
  return (
    <>
      <KeyHelp
        open={overlay === 'help'}
        onOpenChange={shut}
        onChange={() => {
          open(null);
          void navigate({ to: '/settings/$page', params: { page: 'keyboard' } });
        }}
      />
      <NewTextDialog
        open={overlay === 'new-text'}
        onOpenChange={shut}
        onStarted={openConversation}
      />
    </>
  );
}
