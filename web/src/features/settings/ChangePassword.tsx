import { PASSWORD_CHARS_MIN } from '@/api/errors';
import { useForm } from '@/api/form';
import { changePassword } from '@/api/session';
import { t } from '@/i18n/t';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = t.settings.sessions;

/** Whoever sits at a browser left open does not know the password, so it is asked for first. */
export function ChangePassword({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(open) => !open && onClose()} title={w.password}>
      {open ? <Form onDone={onClose} /> : null}
    </Dialog>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const form = useForm(async (value) => {
    await changePassword({ current: value('current'), new: value('new') });
    toast(w.password_changed);
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={w.password_current}
        name="current"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        error={form.field('current')}
      />
      <TextField
        label={t.session.new_password}
        name="new"
        type="password"
        autoComplete="new-password"
        required
        hint={t.session.password_hint(PASSWORD_CHARS_MIN)}
        error={form.field('new')}
      />
      <FormEnd form={form} deed={w.password} onCancel={onDone} />
    </form>
  );
}
