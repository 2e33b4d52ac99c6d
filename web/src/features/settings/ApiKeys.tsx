import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { type ApiKey, createKey, inboxesQuery, keysQuery, revokeKey } from '@/api/settings';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { age } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { CopyField } from '@/ui/CopyField';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { ConfirmOf, DialogOf, ListPage, Named } from './ListPage';

const w = t.settings.keys;
const SCOPES = [
  'read',
  'write',
  'send',
  'admin',
] as const satisfies readonly ApiKey['scopes'][number][];
const PURPOSES = [
  'conversational',
  'transactional',
  'marketing',
  'otp',
] as const satisfies readonly NonNullable<ApiKey['purpose']>[];

export function ApiKeys({ mayChange }: { mayChange: boolean }) {
  const keys = useQuery(keysQuery);
  const now = useNow();
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <ListPage
      title={t.settings.pages.keys}
      intro={w.intro}
      add={mayChange ? { icon: Plus, label: w.create, onClick: () => setCreating(true) } : null}
      query={keys}
      empty={{ icon: KeyRound, title: w.empty, detail: w.empty_detail }}
      row={(key) => (
        <>
          <Named
            name={key.name}
            detail={key.last_used_at === null ? w.unused : w.used(age(key.last_used_at, now))}
          />
          <span className="flex flex-wrap gap-1">
            {key.scopes.map((scope) => (
              <Badge key={scope}>{w.scope[scope]}</Badge>
            ))}
            {key.purpose ? <Badge tone="info">{w.purposes[key.purpose]}</Badge> : null}
          </span>
          {mayChange ? (
            <Button size="sm" tone="danger-quiet" onClick={() => setRevoking(key)}>
              {w.revoke}
            </Button>
          ) : null}
        </>
      )}
    >
      <Dialog open={creating} onOpenChange={setCreating} title={w.create_title}>
        {creating ? (
          <KeyForm
            onCancel={() => setCreating(false)}
            onMade={(made) => {
              setCreating(false);
              setSecret(made);
            }}
          />
        ) : null}
      </Dialog>
      <DialogOf
        item={secret}
        title={() => w.secret_title}
        description={w.secret_hint}
        onClose={() => setSecret(null)}
      >
        {(made) => (
          <>
            <CopyField label={w.secret} value={made} />
            <Actions>
              <Button tone="primary" onClick={() => setSecret(null)}>
                {w.have_it}
              </Button>
            </Actions>
          </>
        )}
      </DialogOf>
      <ConfirmOf
        item={revoking}
        title={w.revoke_title}
        action={w.revoke}
        danger
        onClose={() => setRevoking(null)}
        onConfirm={({ id }) => revokeKey(id)}
      >
        {w.revoke_detail}
      </ConfirmOf>
    </ListPage>
  );
}

function KeyForm({ onCancel, onMade }: { onCancel: () => void; onMade: (secret: string) => void }) {
  const inboxes = useQuery(inboxesQuery).data?.items ?? [];
  const form = useForm(async (value) => {
    const purpose = PURPOSES.find((item) => item === value('purpose'));
    const made = await createKey({
      name: value('name').trim(),
      scopes: SCOPES.filter((scope) => value(`scope-${scope}`) === 'on'),
      ...(purpose ? { purpose } : {}),
      ...(value('inbox_id') ? { inbox_id: value('inbox_id') } : {}),
    });
    onMade(made.secret ?? '');
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={w.name}
        name="name"
        required
        autoFocus
        hint={w.name_hint}
        error={form.field('name')}
      />
      <fieldset>
        <legend className="mb-1 font-medium text-label text-muted">{w.scopes}</legend>
        <div className="grid grid-cols-2 gap-1">
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              name={`scope-${scope}`}
              label={w.scope[scope]}
              defaultChecked={scope === 'read'}
            />
          ))}
        </div>
        {form.field('scopes') ? (
          <p role="alert" className="text-bad text-label">
            {form.field('scopes')}
          </p>
        ) : null}
      </fieldset>
      <div className="grid gap-4 md:grid-cols-2">
        <SelectField label={w.purpose} name="purpose" error={form.field('purpose')}>
          <option value="">{w.purpose_none}</option>
          {PURPOSES.map((purpose) => (
            <option key={purpose} value={purpose}>
              {w.purposes[purpose]}
            </option>
          ))}
        </SelectField>
        <SelectField label={w.inbox} name="inbox_id" error={form.field('inbox_id')}>
          <option value="">{w.purpose_none}</option>
          {inboxes.map((inbox) => (
            <option key={inbox.id} value={inbox.id}>
              {inbox.name}
            </option>
          ))}
        </SelectField>
      </div>
      <FormEnd form={form} deed={w.create} onCancel={onCancel} />
    </form>
  );
}
