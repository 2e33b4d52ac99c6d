import { useQuery } from '@tanstack/react-query';
import { Cable, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Account, accountsQuery, providersQuery, removeAccount } from '@/api/settings';
import { t } from '@/i18n/t';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { CopyField } from '@/ui/CopyField';
import { Actions } from '@/ui/Dialog';
import { AccountForm } from './AccountForm';
import { TrialButton } from './AccountTrials';
import { ConfirmOf, DialogOf, ListPage, Named } from './ListPage';

const w = t.settings.accounts;

export function Accounts({ mayChange }: { mayChange: boolean }) {
  const accounts = useQuery(accountsQuery);
  const providers = useQuery(providersQuery).data?.items ?? [];
  const [editing, setEditing] = useState<Account | 'new' | null>(null);
  const [made, setMade] = useState<Account | null>(null);
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
              <TrialButton account={account} />
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
            onDone={(made) => {
              setEditing(null);
              // Its texts come in only once the provider knows where to bring them.
              if (made?.inbound_url) setMade(made);
            }}
          />
        )}
      </DialogOf>
      <DialogOf
        item={made}
        title={(item) => w.made_title(item?.name ?? '')}
        description={w.made_detail}
        onClose={() => setMade(null)}
      >
        {({ inbound_url }) => (
          <>
            <CopyField label={w.webhook} value={inbound_url ?? ''} />
            <Actions>
              <Button tone="primary" onClick={() => setMade(null)}>
                {t.common.done}
              </Button>
            </Actions>
          </>
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
