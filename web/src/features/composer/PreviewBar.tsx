import { WandSparkles } from 'lucide-react';
import type { TextPreview } from '@/api/messages';
import { t } from '@/i18n/t';
import { wallTime } from '@/lib/time';
import { Kbd } from '@/ui/Kbd';

/** What the clock shows where the text goes: one time, or the first and last of several zones. */
export function localTimes(preview: Pick<TextPreview, 'decision'>): string {
  const times = preview.decision.local_times
    .map((entry) => entry.time)
    .sort()
    .map(wallTime);
  const first = times[0];
  const last = times[times.length - 1];
  if (!first || !last) return '';
  return first === last ? t.composer.local_time(first) : t.composer.local_times(first, last);
}

/** What the words cost and how late it is where they go; everything from the server's own rules. */
export function PreviewBar({
  preview,
  mediaCount,
  repairKeys,
  onRepair,
}: {
  preview: TextPreview | undefined;
  mediaCount: number;
  repairKeys: string | undefined;
  onRepair: () => void;
}) {
  if (!preview) return <div className="h-6" />;
  const smart = preview.smart;
  const saved = smart ? preview.parts - smart.parts : 0;
  const facts =
    mediaCount > 0
      ? [t.composer.mms]
      : [
          t.composer.encoding_short(preview.encoding),
          t.composer.parts(preview.parts),
          t.composer.left(preview.remaining),
        ];
  return (
    <div className="flex min-h-6 min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-faint text-label">
      <span>{[...facts, localTimes(preview)].filter(Boolean).join(' · ')}</span>
      {smart && mediaCount === 0 ? (
        <span className="flex items-center gap-1.5 text-warn">
          {t.composer.special(preview.non_gsm.length)}
          <button
            type="button"
            onClick={onRepair}
            className="inline-flex h-6 items-center gap-1 rounded-[4px] px-1 font-semibold text-accent hover:bg-sunken max-md:h-11"
          >
            <WandSparkles aria-hidden className="size-3" />
            {saved > 0 ? t.composer.repair(t.composer.parts(saved)) : t.composer.repair_plain}
            {repairKeys ? <Kbd keys={repairKeys} className="max-md:hidden" /> : null}
          </button>
        </span>
      ) : null}
    </div>
  );
}
