import { Check, UserPlus, X } from 'lucide-react';
import { t } from '@/i18n/t';
import { Button } from '@/ui/Button';
import { IconButton } from '@/ui/IconButton';

/** What can be done with several conversations at once. */
export function SelectionBar({
  count,
  onClose,
  onAssign,
  onClear,
}: {
  count: number;
  onClose: () => void;
  onAssign: () => void;
  onClear: () => void;
}) {
  return (
    <div className="arrive flex items-center gap-2 border-line border-b bg-accent-soft px-3 py-1.5">
      <span role="status" className="flex-1 whitespace-nowrap font-medium">
        {t.inbox.selected(count)}
      </span>
      <Button size="sm" icon={UserPlus} onClick={onAssign}>
        {t.inbox.assign_selected}
      </Button>
      <Button size="sm" tone="primary" icon={Check} onClick={onClose}>
        {t.inbox.close_selected(count)}
      </Button>
      <IconButton icon={X} label={t.inbox.select_clear} onClick={onClear} />
    </div>
  );
}
