import { FileText, X } from 'lucide-react';
import type { Media } from '@/api/messages';
import { t } from '@/i18n/t';
import { Spinner } from '@/ui/Spinner';

/** Photos that will go with the text. */
export function Attachments({
  media,
  uploading,
  onRemove,
}: {
  media: readonly Media[];
  uploading: number;
  onRemove: (id: string) => void;
}) {
  if (media.length === 0 && uploading === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-3 pt-2.5">
      {media.map((item, at) => (
        <li key={item.id} className="relative">
          {item.content_type.startsWith('image/') ? (
            <img
              src={item.url}
              alt={t.thread.photo}
              className="size-16 rounded-card border border-line object-cover"
            />
          ) : (
            <span className="inline-flex size-16 items-center justify-center rounded-card border border-line bg-sunken">
              <FileText aria-hidden className="size-5 text-muted" />
            </span>
          )}
          <button
            type="button"
            aria-label={t.composer.remove_photo(at + 1)}
            onClick={() => onRemove(item.id)}
            className="absolute -end-2 -top-2 inline-flex size-6 items-center justify-center rounded-full border border-line bg-raised text-ink shadow-float"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
      {uploading > 0 ? (
        <li className="inline-flex size-16 items-center justify-center rounded-card border border-line border-dashed text-muted">
          <Spinner />
          <span className="sr-only">{t.composer.uploading}</span>
        </li>
      ) : null}
    </ul>
  );
}
