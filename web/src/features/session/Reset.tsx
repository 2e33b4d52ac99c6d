import { PASSWORD_CHARS_MIN } from '@/api/errors';
import { useForm } from '@/api/form';
import { resetPassword } from '@/api/session';
import { t } from '@/i18n/t';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { Frame } from './Frame';

export function Reset({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const form = useForm(async (value) => {
    await resetPassword(token, value('password'));
    onSignedIn();
  });
  return (
    <Frame title={t.session.reset_title}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label={t.session.new_password}
          name="password"
          type="password"
          autoComplete="new-password"
          required
          autoFocus
          hint={t.session.password_hint(PASSWORD_CHARS_MIN)}
          error={form.field('password')}
        />
        {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
        <Button type="submit" tone="primary" size="lg" busy={form.busy}>
          {t.session.reset_do}
        </Button>
      </form>
    </Frame>
  );
}
