import { useState } from 'react';
import { PASSWORD_CHARS_MIN } from '@/api/errors';
import { useForm } from '@/api/form';
import { setUp } from '@/api/session';
import { t } from '@/i18n/t';
import { localZone, timeZones } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import { Switch } from '@/ui/Switch';

/** First start: the one-time code, the first member, the shop. */
export function SetupForm({ onDone }: { onDone: () => void }) {
  const [demo, setDemo] = useState(true);
  const form = useForm(async (value) => {
    await setUp({
      code: value('code').trim(),
      name: value('name').trim(),
      email: value('email').trim(),
      password: value('password'),
      workspace_name: value('workspace_name').trim(),
      brand: value('brand').trim() || value('workspace_name').trim(),
      time_zone: value('time_zone'),
      demo,
    });
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={t.setup.code}
        name="code"
        required
        autoFocus
        autoComplete="one-time-code"
        spellCheck={false}
        hint={t.setup.code_hint}
        error={form.field('code')}
      />
      <fieldset className="flex flex-col gap-4">
        <legend className="mb-3 w-full border-line border-t pt-4 font-semibold text-title">
          {t.setup.you}
        </legend>
        <div className="grid gap-4 md:grid-cols-2">
          <TextField
            label={t.session.your_name}
            name="name"
            required
            autoComplete="name"
            error={form.field('name')}
          />
          <TextField
            label={t.session.email}
            name="email"
            type="email"
            required
            autoComplete="username"
            error={form.field('email')}
          />
        </div>
        <TextField
          label={t.session.password}
          name="password"
          type="password"
          required
          autoComplete="new-password"
          hint={t.session.password_hint(PASSWORD_CHARS_MIN)}
          error={form.field('password')}
        />
      </fieldset>
      <fieldset className="flex flex-col gap-4">
        <legend className="mb-3 w-full border-line border-t pt-4 font-semibold text-title">
          {t.setup.shop}
        </legend>
        <div className="grid gap-4 md:grid-cols-2">
          <TextField
            label={t.setup.workspace}
            name="workspace_name"
            required
            autoComplete="organization"
            hint={t.setup.workspace_hint}
            error={form.field('workspace_name')}
          />
          <TextField
            label={t.setup.brand}
            name="brand"
            hint={t.setup.brand_hint}
            error={form.field('brand')}
          />
        </div>
        <SelectField
          label={t.setup.time_zone}
          name="time_zone"
          defaultValue={localZone()}
          error={form.field('time_zone')}
        >
          {timeZones(localZone()).map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </SelectField>
        <Switch label={t.setup.demo} hint={t.setup.demo_hint} checked={demo} onChange={setDemo} />
      </fieldset>
      {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
      <Button type="submit" tone="primary" size="lg" busy={form.busy}>
        {t.setup.submit}
      </Button>
    </form>
  );
}
