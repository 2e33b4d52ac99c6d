import { t } from '@/i18n/t';
import { Notice } from './Banner';
import { Button } from './Button';
import { Actions } from './Dialog';

/** The end of a form: what is wrong with the whole, the way out, and the deed. */
export function FormEnd({
  form,
  deed,
  tone = 'primary',
  onCancel,
}: {
  form: { busy: boolean; error: string | null };
  deed: string;
  tone?: 'primary' | 'danger';
  onCancel: () => void;
}) {
  return (
    <>
      {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
      <Actions className="mt-0">
        <Button tone="quiet" onClick={onCancel}>
          {t.common.cancel}
        </Button>
        <Button type="submit" tone={tone} busy={form.busy}>
          {deed}
        </Button>
      </Actions>
    </>
  );
}
