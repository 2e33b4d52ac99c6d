import { Check } from 'lucide-react';
import type { Me } from '@/api/session';
import { t } from '@/i18n/t';
import { Button } from '@/ui/Button';

/** Where else the member belongs, for screens that have no room for the account's menu. */
export function Workspaces({ me, onWorkspace }: { me: Me; onWorkspace: (id: string) => void }) {
  if (me.workspaces.length < 2) return null;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="pb-1 font-medium text-faint text-meta">{t.nav.workspaces}</legend>
      {me.workspaces.map(({ id, name }) => {
        const here = id === me.workspace.id;
        return (
          <Button
            key={id}
            icon={here ? Check : undefined}
            aria-current={here || undefined}
            onClick={here ? undefined : () => onWorkspace(id)}
          >
            <span className="truncate">{name}</span>
          </Button>
        );
      })}
    </fieldset>
  );
}
