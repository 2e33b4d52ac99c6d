import { useState } from 'react';
import { useForm } from '@/api/form';
import { type Account, changeAccount, createAccount, type Provider } from '@/api/settings';
import { t } from '@/i18n/t';
import { CopyField } from '@/ui/CopyField';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { SchemaFields } from './SchemaFields';
import { settingsOf } from './schema';

const w = t.settings.accounts;

/** Whoever adds a login has one at a company: the simulator, which is there without, comes last. */
function companiesFirst(providers: readonly Provider[]): Provider[] {
  const simulated = (item: Provider) => Number(item.capabilities.simulated);
  return [...providers].sort((a, b) => simulated(a) - simulated(b));
}

/** A login form drawn from the provider's own schema: this app knows no provider by name. */
export function AccountForm({
  account,
  providers,
  onDone,
}: {
  account: Account | null;
  providers: readonly Provider[];
  /** With the account, where it is a new one. */
  onDone: (made?: Account) => void;
}) {
  const [chosen, setChosen] = useState(account?.provider ?? '');
  const offered = companiesFirst(providers);
  // Nobody but the person knows which of several companies it is.
  const several = offered.filter((item) => !item.capabilities.simulated).length > 1;
  const provider =
    offered.find((item) => item.provider === chosen) ?? (several ? undefined : offered[0]);
  const form = useForm(async (value) => {
    if (!provider) return;
    const settings = settingsOf(provider.settings_schema, value);
    const name = value('name').trim() || provider.title;
    if (account) {
      await changeAccount(account.id, { name, settings });
      onDone();
    } else {
      onDone(await createAccount({ provider: provider.provider, name, settings }));
    }
  });
  if (offered.length === 0) return null;
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4" autoComplete="off">
      {account ? null : (
        <SelectField
          label={w.provider}
          required
          value={provider?.provider ?? ''}
          onChange={(event) => setChosen(event.target.value)}
        >
          {provider ? null : <option value="">{w.choose}</option>}
          {offered.map((item) => (
            <option key={item.provider} value={item.provider}>
              {item.title}
            </option>
          ))}
        </SelectField>
      )}
      <TextField
        label={w.name}
        name="name"
        hint={w.name_hint}
        defaultValue={account?.name ?? ''}
        error={form.field('name')}
      />
      {provider ? (
        <SchemaFields
          key={provider.provider}
          schema={provider.settings_schema}
          values={account?.settings ?? {}}
          secretsSet={account?.secrets_set ?? []}
          error={(name) => form.field(`settings.${name}`) ?? form.field(name)}
        />
      ) : null}
      {account?.inbound_url ? <CopyField label={w.webhook} value={account.inbound_url} /> : null}
      {account?.status_url ? <CopyField label={w.callback} value={account.status_url} /> : null}
      <FormEnd form={form} deed={account ? t.common.save : w.create} onCancel={() => onDone()} />
    </form>
  );
}
