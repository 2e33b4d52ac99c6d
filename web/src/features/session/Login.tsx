import { useState } from 'react';
import { useForm } from '@/api/form';
import { askReset, signIn } from '@/api/session';
import { t } from '@/i18n/t';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { Frame } from './Frame';

export function Login({ onSignedIn }: { onSignedIn: () => void }) {
  const [forgot, setForgot] = useState(false);
  const form = useForm(async (value) => {
    await signIn({ email: value('email'), password: value('password') });
    onSignedIn();
  });
  if (forgot) return <Forgot onBack={() => setForgot(false)} />;
  return (
    <Frame title={t.session.sign_in}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label={t.session.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          error={form.field('email')}
        />
        <TextField
          label={t.session.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={form.field('password')}
        />
        {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
        <Button type="submit" tone="primary" size="lg" busy={form.busy}>
          {t.session.sign_in}
        </Button>
        <Button tone="quiet" onClick={() => setForgot(true)}>
          {t.session.forgot}
        </Button>
      </form>
    </Frame>
  );
}

function Forgot({ onBack }: { onBack: () => void }) {
  const [sent, setSent] = useState(false);
  const form = useForm(async (value) => {
    await askReset(value('email'));
    setSent(true);
  });
  return (
    <Frame title={t.session.forgot_title} intro={t.session.forgot_intro}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label={t.session.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          error={form.field('email')}
        />
        {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
        {sent ? <Notice tone="ok">{t.session.forgot_sent}</Notice> : null}
        <Button type="submit" tone="primary" size="lg" busy={form.busy} disabled={sent}>
          {t.session.forgot_send}
        </Button>
        <Button tone="quiet" onClick={onBack}>
          {t.session.back_to_sign_in}
        </Button>
      </form>
    </Frame>
  );
}
