import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { t } from '@/i18n/t';

/** A photo over everything, in the platform's own modal dialog: Esc and a click beside it close. */
export function Zoom({ url, label, onClose }: { url: string; label: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the dialog's own key
    <dialog
      ref={dialog}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
      className="m-auto max-h-[92vh] max-w-[94vw] overflow-visible rounded-card bg-raised p-0 shadow-float backdrop:bg-scrim"
    >
      <img
        src={url}
        alt={label}
        className="block max-h-[92vh] max-w-full rounded-card object-contain"
      />
      <button
        type="button"
        aria-label={t.common.close_dialog}
        onClick={() => dialog.current?.close()}
        className="absolute end-2 top-2 inline-flex size-9 items-center justify-center rounded-full border border-line bg-raised text-ink max-md:size-11"
      >
        <X aria-hidden className="size-4" />
      </button>
    </dialog>
  );
}
