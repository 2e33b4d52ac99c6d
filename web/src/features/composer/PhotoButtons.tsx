import { Camera, ImagePlus } from 'lucide-react';
import { type ChangeEvent, useRef } from 'react';
import { t } from '@/i18n/t';
import { useIsPhone } from '@/lib/hooks';
import { IconButton } from '@/ui/IconButton';

/** Pictures from the device, and on a phone straight from its camera. */
export function PhotoButtons({ onPick }: { onPick: (files: Iterable<File>) => void }) {
  const phone = useIsPhone();
  const files = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    onPick(event.target.files ?? []);
    // The same photo picked again is a change again.
    event.target.value = '';
  };
  return (
    <>
      <IconButton
        icon={ImagePlus}
        label={t.composer.photo}
        side="top"
        onClick={() => files.current?.click()}
      />
      {phone ? (
        <IconButton
          icon={Camera}
          label={t.composer.camera}
          side="top"
          onClick={() => camera.current?.click()}
        />
      ) : null}
      <input ref={files} type="file" accept="image/*" multiple hidden aria-hidden onChange={pick} />
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        aria-hidden
        onChange={pick}
      />
    </>
  );
}
