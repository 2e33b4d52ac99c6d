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
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Confirm } from '@/ui/Confirm';
import { CopyField } from '@/ui/CopyField';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { Loaded } from './Loaded';
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
    <Page
      title={t.settings.pages.accounts}
      intro={w.intro}
      actions={
        mayChange ? (
          <Button tone="primary" icon={Plus} onClick={() => setEditing('new')}>
            {w.add}
          </Button>
        ) : null
      }
    >
      <Loaded query={accounts}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty icon={Cable} title={w.empty}>
              {w.empty_detail}
            </Empty>
          ) : (
            <Section flush>
              <Rows>
                {data.items.map((account) => (
                  <Row key={account.id}>
                    <div className="min-w-0 flex-1">
                      <p className="truncate font-medium">{account.name}</p>
                      <p className="text-label text-muted">{titleOf(account.provider)}</p>
                    </div>
                    {account.disabled_at !== null ? (
                      <Badge>{t.settings.members.disabled}</Badge>
                    ) : null}
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
                  </Row>
                ))}
              </Rows>
            </Section>
          )
        }
      </Loaded>
      <Dialog
        open={editing !== null}
        onOpenChange={(open) => !open && setEditing(null)}
        title={editing === 'new' || editing === null ? w.add_title : w.edit_title(editing.name)}
      >
        {editing ? (
          <AccountForm
            account={editing === 'new' ? null : editing}
            providers={providers}
            onDone={() => setEditing(null)}
          />
        ) : null}
      </Dialog>
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={w.remove_title(removing?.name ?? '')}
        action={w.remove}
        danger
        onConfirm={() => {
          if (!removing) return;
          removeAccount(removing.id).catch((error: unknown) =>
            toast(errorText(error), { tone: 'bad' }),
          );
          setRemoving(null);
        }}
      >
        {w.remove_detail}
      </Confirm>
    </Page>
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
function AccountForm({
  account,
  providers,
  onDone,
}: {
  account: Account | null;
  providers: readonly Provider[];
  onDone: () => void;
}) {
  const [chosen, setChosen] = useState(account?.provider ?? '');
  const provider = providers.find((item) => item.provider === chosen) ?? providers[0];
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
      {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
      <Actions className="mt-0">
        <Button tone="quiet" onClick={onDone}>
          {t.common.cancel}
        </Button>
        <Button type="submit" tone="primary" busy={form.busy}>
          {account ? t.common.save : w.create}
        </Button>
      </Actions>
    </form>
  );
}
