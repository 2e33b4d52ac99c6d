import { FileText } from 'lucide-react';
import { useState } from 'react';
import type { Media } from '@/api/messages';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { Zoom } from '@/ui/Zoom';

const BOX = { width: 240, height: 280 };

/** The room a picture takes before it has loaded, so that nothing jumps. */
function boxOf(media: Media) {
  const { width, height } = media;
  if (!width || !height) return { width: BOX.width, height: 180 };
  const scale = Math.min(BOX.width / width, BOX.height / height, 1);
  return {
    width: Math.max(64, Math.round(width * scale)),
    height: Math.max(48, Math.round(height * scale)),
  };
}

/** Photos open in place, large on a click; other files are a link. */
export function MediaView({ media, end }: { media: readonly Media[]; end: boolean }) {
  const [open, setOpen] = useState<Media | null>(null);
  return (
    <div className={cn('flex flex-wrap gap-1.5', end && 'justify-end')}>
      {media.map((item) =>
        item.content_type.startsWith('image/') ? (
          <button
            key={item.id}
            type="button"
            aria-label={t.thread.photo_open}
            onClick={() => setOpen(item)}
            className="overflow-hidden rounded-card border border-line bg-sunken"
          >
            <img
              src={item.url}
              alt={t.thread.photo}
              loading="lazy"
              decoding="async"
              className="block object-cover"
              style={boxOf(item)}
            />
          </button>
        ) : (
          <a
            key={item.id}
            href={item.url}
            target="_blank"
            rel="noreferrer"
            aria-label={t.thread.file_open}
            className="inline-flex h-10 items-center gap-2 rounded-card border border-line bg-surface px-3 text-ink"
          >
            <FileText aria-hidden className="size-4" />
            {item.content_type}
          </a>
        ),
      )}
      {open ? <Zoom url={open.url} label={t.thread.photo} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
