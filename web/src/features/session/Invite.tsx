import { useQuery } from '@tanstack/react-query';
import { PASSWORD_CHARS_MIN } from '@/api/errors';
import { useForm } from '@/api/form';
import { acceptInvite, inviteLinkQuery } from '@/api/session';
import { t } from '@/i18n/t';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { Spinner } from '@/ui/Spinner';
import { Frame } from './Frame';

export function Invite({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const link = useQuery(inviteLinkQuery(token));
  const form = useForm(async (value) => {
    const email = value('email');
    const name = value('name');
    await acceptInvite(token, {
      password: value('password'),
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
    });
    onSignedIn();
  });
  if (link.isPending)
    return (
      <Frame title={t.common.loading}>
        <Spinner />
      </Frame>
    );
  if (link.isError) return <Frame title={t.session.bad_link}>{t.session.bad_link_detail}</Frame>;
  const { workspace_name, role, email, member_exists } = link.data;
  return (
    <Frame
      title={t.session.invite_title(workspace_name)}
      intro={t.session.invite_intro(t.settings.members.roles[role] ?? role)}
    >
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        {email ? (
          <p className="text-muted">{email}</p>
        ) : (
          <TextField
            label={t.session.email}
            name="email"
            type="email"
            autoComplete="username"
            required
            error={form.field('email')}
          />
        )}
        {member_exists ? null : (
          <TextField
            label={t.session.your_name}
            name="name"
            autoComplete="name"
            required
            error={form.field('name')}
          />
        )}
        <TextField
          label={t.session.password}
          name="password"
          type="password"
          autoComplete={member_exists ? 'current-password' : 'new-password'}
          required
          hint={member_exists ? undefined : t.session.password_hint(PASSWORD_CHARS_MIN)}
          error={form.field('password')}
        />
        {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
        <Button type="submit" tone="primary" size="lg" busy={form.busy}>
          {t.session.join}
        </Button>
      </form>
    </Frame>
  );
}
