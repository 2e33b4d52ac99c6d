import type { Message } from '@/api/messages';
import { t } from '@/i18n/t';
import { timeOfDay } from '@/lib/time';
import { Button } from '@/ui/Button';

/** Something came in while one wrote: read first, then decide. */
export function StaleStop({
  name,
  missed,
  onAnyway,
  onEdit,
}: {
  name: string;
  missed: readonly Message[];
  onAnyway: () => void;
  onEdit: () => void;
}) {
  return (
    <div role="alert" className="arrive mb-2 rounded-card border border-warn bg-surface p-3">
      <p className="font-semibold">{t.composer.stale_title}</p>
      <p className="text-muted">
        {t.composer.stale(missed.find((item) => item.kind !== 'inbound')?.author?.name ?? name)}
      </p>
      <ul className="my-2 flex flex-col gap-1">
        {missed.map((message) => (
          <li
            key={message.id}
            className="w-fit max-w-full rounded-bubble bg-sunken px-3 py-1.5 text-text"
          >
            {message.body || t.thread.photo}
            <span className="ms-2 text-faint text-meta">{timeOfDay(message.created_at)}</span>
          </li>
        ))}
      </ul>
      <div className="flex gap-2">
        <Button tone="primary" autoFocus onClick={onEdit}>
          {t.composer.edit}
        </Button>
        <Button onClick={onAnyway}>{t.composer.send_anyway}</Button>
      </div>
    </div>
  );
}
