import { useQuery } from '@tanstack/react-query';
import { Cable, Plus } from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { useForm } from '@/api/form';
import {
  type Account,
  accountsQuery,
  changeAccount,
  createAccount,
  type Provider,
  providersQuery,
  removeAccount,
  testAccount,
} from '@/api/settings';
import { t } from '@/i18n/t';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { CopyField } from '@/ui/CopyField';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';
import { ConfirmOf, DialogOf, ListPage, Named } from './ListPage';
import { SchemaFields } from './SchemaFields';
import { settingsOf } from './schema';

const w = t.settings.accounts;

export function Accounts({ mayChange }: { mayChange: boolean }) {
  const accounts = useQuery(accountsQuery);
  const providers = useQuery(providersQuery).data?.items ?? [];
  const [editing, setEditing] = useState<Account | 'new' | null>(null);
  const [removing, setRemoving] = useState<Account | null>(null);
  const titleOf = (name: string) => providers.find((item) => item.provider === name)?.title ?? name;
  return (
    <ListPage
      title={t.settings.pages.accounts}
      intro={w.intro}
      add={mayChange ? { icon: Plus, label: w.add, onClick: () => setEditing('new') } : null}
      query={accounts}
      empty={{ icon: Cable, title: w.empty, detail: w.empty_detail }}
      row={(account) => (
        <>
          <Named name={account.name} detail={titleOf(account.provider)} />
          {account.disabled_at !== null ? <Badge>{t.settings.members.disabled}</Badge> : null}
          {mayChange ? (
            <>
              <TestButton account={account} />
              <Button size="sm" onClick={() => setEditing(account)}>
                {t.common.edit}
              </Button>
              <Button size="sm" tone="quiet" onClick={() => setRemoving(account)}>
                {t.common.remove}
              </Button>
            </>
          ) : null}
        </>
      )}
    >
      <DialogOf
        item={editing}
        title={(item) => (item === 'new' || item === null ? w.add_title : w.edit_title(item.name))}
        onClose={() => setEditing(null)}
      >
        {(item) => (
          <AccountForm
            account={item === 'new' ? null : item}
            providers={providers}
            onDone={() => setEditing(null)}
          />
        )}
      </DialogOf>
      <ConfirmOf
        item={removing}
        title={w.remove_title}
        action={w.remove}
        danger
        onClose={() => setRemoving(null)}
        onConfirm={({ id }) => removeAccount(id)}
      >
        {w.remove_detail}
      </ConfirmOf>
    </ListPage>
  );
}

function TestButton({ account }: { account: Account }) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="sm"
      busy={busy}
      onClick={async () => {
        setBusy(true);
        try {
          const result = await testAccount(account.id);
          toast(result.ok ? w.test_ok(result.detail) : result.detail, {
            tone: result.ok ? 'plain' : 'bad',
          });
        } catch (error) {
          toast(errorText(error), { tone: 'bad' });
        } finally {
          setBusy(false);
        }
      }}
    >
      {w.test}
    </Button>
  );
}

/** A login form drawn from the provider's own schema: this app knows no provider by name. */
export function AccountForm({
  account,
  providers,
  onDone,
}: {
  account: Account | null;
  providers: readonly Provider[];
  onDone: () => void;
}) {
  const [chosen, setChosen] = useState(account?.provider ?? '');
  // Whoever adds a login has one at a company; the simulator is there without.
  const provider =
    providers.find((item) => item.provider === chosen) ??
    providers.find((item) => !item.capabilities.simulated) ??
    providers[0];
  const form = useForm(async (value) => {
    if (!provider) return;
    const settings = settingsOf(provider.settings_schema, value);
    const name = value('name').trim() || provider.title;
    if (account) await changeAccount(account.id, { name, settings });
    else await createAccount({ provider: provider.provider, name, settings });
    onDone();
  });
  if (!provider) return null;
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4" autoComplete="off">
      {account ? null : (
        <SelectField
          label={w.provider}
          value={provider.provider}
          onChange={(event) => setChosen(event.target.value)}
        >
          {providers.map((item) => (
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
      <SchemaFields
        key={provider.provider}
        schema={provider.settings_schema}
        values={account?.settings ?? {}}
        secretsSet={account?.secrets_set ?? []}
        error={(name) => form.field(`settings.${name}`) ?? form.field(name)}
      />
      {account?.inbound_url ? <CopyField label={w.webhook} value={account.inbound_url} /> : null}
      {account?.status_url ? <CopyField label={w.callback} value={account.status_url} /> : null}
      <FormEnd form={form} deed={account ? t.common.save : w.create} onCancel={onDone} />
    </form>
  );
}
