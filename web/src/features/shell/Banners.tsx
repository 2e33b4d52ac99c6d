import { useQuery } from '@tanstack/react-query';
import { OctagonPause, WifiOff } from 'lucide-react';
import { useLine } from '@/api/live/live';
import { type Sending, sendingQuery, type Watch, watchesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useLasting, useOnline } from '@/lib/hooks';
import { type BannerItem, Banners as Stack } from '@/ui/Banner';
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

/**
 * What the machine or its set-up lacks: only who runs the server can mend it, so only they are told
 * how. Where texts are at risk everybody is told, in one sentence that says whom to ask.
 */
export const SERVER_WATCHES = new Set([
  'clock_in_doubt',
  'disk_low',
  'public_url',
  'task_failing',
  'webhook_unreached',
]);

/** What a member is told of a watch; null where that is for others. */
function watchWords({ code, severity, detail, ask }: Watch, operates: boolean): string | null {
  if (operates || !SERVER_WATCHES.has(code)) return detail;
  if (severity !== 'critical') return null;
  const what = t.server_watches[code] ?? t.server_watches.other ?? '';
  return t.banners.ask(what, ask);
}

/** A flag is typed as one word; broken at a hyphen it would be read as two. */
function withWholeFlags(words: string) {
  return words.split(/(--[a-z]+(?:-[a-z]+)*)/).map((piece, at) =>
    at % 2 === 0 ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence, in order
      <span key={at} className="whitespace-nowrap">
        {piece}
      </span>
    ),
  );
}

/** What everyone should know: stopped sending, watches of the server, a lost line. */
export function Banners({
  operates,
  onSettings,
}: {
  /** Whether the member runs the server. */
  operates: boolean;
  onSettings: (() => void) | undefined;
}) {
  const sending = useQuery(sendingQuery).data;
  const watches = useQuery(watchesQuery).data?.items ?? [];
  const online = useOnline();
  const line = useLine((state) => state.line);
  const lost = useLasting(!online || line === 'lost', PATIENCE_MS);
  const stop = sending && stopWords(sending);
  const items: BannerItem[] = [];
  if (lost) {
    const words = online ? t.line.lost : t.line.offline;
    items.push({ key: 'line', tone: 'warn', icon: WifiOff, words });
  }
  if (stop) {
    items.push({
      key: 'stop',
      tone: 'bad',
      icon: OctagonPause,
      words: (
        <>
          <strong className="font-semibold">{stop.title}</strong> {t.stopped.note}{' '}
          {stop.reason ? <span className="md:block">{t.stopped.reason(stop.reason)}</span> : null}
        </>
      ),
      action: onSettings ? (
        <Button size="sm" onClick={onSettings}>
          {t.stopped.look}
        </Button>
      ) : undefined,
    });
  }
  for (const watch of watches) {
    const words = watchWords(watch, operates);
    if (!words || (stop && watch.code === STOP_WATCH)) continue;
    const { code, severity } = watch;
    const tone = severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'info';
    items.push({ key: `${code} ${words}`, tone, words: withWholeFlags(words) });
  }
  return (
    <div role="status" className="shrink-0 empty:hidden">
      <Stack items={items} more={t.banners.more} />
    </div>
  );
}
