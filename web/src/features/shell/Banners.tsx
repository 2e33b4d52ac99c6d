import { useQuery } from '@tanstack/react-query';
import { OctagonPause, WifiOff } from 'lucide-react';
import { useLine } from '@/api/live';
import { sendingQuery, watchesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useNow, useOnline } from '@/lib/hooks';
import { Banner } from '@/ui/Banner';
import { Button } from '@/ui/Button';

/** A line may blink without worrying anyone; after this long it is said. */
const PATIENCE_MS = 5000;

/** What everyone should know: stopped sending, watches of the server, a lost line. */
export function Banners({ onSettings }: { onSettings: (() => void) | undefined }) {
  const sending = useQuery(sendingQuery).data;
  const watches = useQuery(watchesQuery).data?.items ?? [];
  const online = useOnline();
  const { line, since } = useLine();
  const now = useNow(2000);
  const lost = line === 'lost' && now - since > PATIENCE_MS;
  const stoppedInboxes = sending?.inboxes.filter((inbox) => inbox.stopped) ?? [];
  const stopped = sending?.server.stopped
    ? t.stopped.server(sending.server.reason ?? '')
    : sending?.workspace.stopped
      ? t.stopped.workspace(sending.workspace.reason ?? '')
      : stoppedInboxes.length > 0
        ? t.stopped.inboxes(stoppedInboxes.map((inbox) => inbox.name).join(', '))
        : null;
  return (
    <div role="status" className="shrink-0 empty:hidden">
      {!online || lost ? (
        <Banner tone="warn" icon={WifiOff}>
          {online ? t.line.lost : t.line.offline}
        </Banner>
      ) : null}
      {stopped ? (
        <Banner
          tone="bad"
          icon={OctagonPause}
          action={
            onSettings ? (
              <Button size="sm" onClick={onSettings}>
                {t.stopped.look}
              </Button>
            ) : undefined
          }
        >
          <strong className="font-semibold">{stopped}</strong> {t.stopped.note}
        </Banner>
      ) : null}
      {watches.map((watch) => (
        <Banner
          key={watch.code}
          tone={
            watch.severity === 'critical' ? 'bad' : watch.severity === 'warning' ? 'warn' : 'info'
          }
        >
          {watch.detail}
        </Banner>
      ))}
    </div>
  );
}
