import { useQuery } from '@tanstack/react-query';
import { OctagonPause, WifiOff } from 'lucide-react';
import { useLine } from '@/api/live/live';
import { type Sending, sendingQuery, watchesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useLasting, useOnline } from '@/lib/hooks';
import { Banner } from '@/ui/Banner';
import { Button } from '@/ui/Button';

/** A line may blink without worrying anyone; after this long it is said. */
const PATIENCE_MS = 5000;

/** The server's watch of a thrown switch: the same news as the switch itself, told once. */
const STOP_WATCH = 'sending_stopped';

/** The widest stop in words; `null` while everything may leave. */
function stopWords({ server, workspace, inboxes }: Sending) {
  if (server.stopped) {
    return { title: t.stopped.server(server.by ?? ''), reason: server.reason };
  }
  if (workspace.stopped) {
    return { title: t.stopped.workspace(workspace.by ?? ''), reason: workspace.reason };
  }
  const stopped = inboxes.filter((inbox) => inbox.stopped);
  if (stopped.length === 0) return null;
  const reasons = new Set(stopped.flatMap((inbox) => inbox.reason || []));
  return {
    title: t.stopped.inboxes(stopped.map((inbox) => inbox.name).join(', ')),
    reason: [...reasons].join(' · '),
  };
}

/** What everyone should know: stopped sending, watches of the server, a lost line. */
export function Banners({ onSettings }: { onSettings: (() => void) | undefined }) {
  const sending = useQuery(sendingQuery).data;
  const watches = useQuery(watchesQuery).data?.items ?? [];
  const online = useOnline();
  const line = useLine((state) => state.line);
  const lost = useLasting(!online || line === 'lost', PATIENCE_MS);
  const stop = sending && stopWords(sending);
  return (
    <div role="status" className="shrink-0 empty:hidden">
      {lost ? (
        <Banner tone="warn" icon={WifiOff}>
          {online ? t.line.lost : t.line.offline}
        </Banner>
      ) : null}
      {stop ? (
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
          <strong className="font-semibold">{stop.title}</strong> {t.stopped.note}
          {stop.reason ? <span className="block">{t.stopped.reason(stop.reason)}</span> : null}
        </Banner>
      ) : null}
      {watches
        .filter((watch) => !(stop && watch.code === STOP_WATCH))
        .map((watch) => (
          <Banner
            key={`${watch.code} ${watch.detail}`}
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
