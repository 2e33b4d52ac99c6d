import { useState } from 'react';
import { errorText } from '@/api/errors';
import { type Media, uploadMedia } from '@/api/messages';
import { t } from '@/i18n/t';
import { toast } from '@/ui/Toasts';

const KINDS = /^(image\/|application\/pdf$|text\/(x-)?vcard$)/;

/** Uploads what was picked, pasted or dropped; each finished file is handed over by itself. */
export function usePhotos(conversation: string, onAdd: (media: Media) => void) {
  const [running, setRunning] = useState<Readonly<Record<string, number>>>({});
  const count = (by: number) =>
    setRunning((all) => ({ ...all, [conversation]: (all[conversation] ?? 0) + by }));
  const add = (files: Iterable<File>) => {
    for (const file of files) {
      if (!KINDS.test(file.type)) {
        toast(t.composer.not_photo, { tone: 'bad' });
        continue;
      }
      count(1);
      uploadMedia(file)
        .then(onAdd)
        .catch((error: unknown) => toast(errorText(error), { tone: 'bad' }))
        .finally(() => count(-1));
    }
  };
  return { uploading: running[conversation] ?? 0, add };
}
