import { useState } from 'react';
import { errorText } from '@/api/errors';
import { type Account, type AccountTrial, testAccount } from '@/api/settings';
import { t } from '@/i18n/t';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/Toasts';
import { DialogOf } from './ListPage';

const w = t.settings.accounts;

const TONES = { right: 'ok', untold: 'warn', wrong: 'bad' } as const;

/** Tries an account at its provider, and lists what was seen until it is closed. */
export function TrialButton({ account }: { account: Account }) {
  const [busy, setBusy] = useState(false);
  const [trials, setTrials] = useState<AccountTrial[] | null>(null);
  return (
    <>
      <Button
        size="sm"
        busy={busy}
        onClick={async () => {
          setBusy(true);
          try {
            setTrials((await testAccount(account.id)).trials);
          } catch (error) {
            toast(errorText(error), { tone: 'bad' });
          } finally {
            setBusy(false);
          }
        }}
      >
        {w.test}
      </Button>
      <DialogOf item={trials} title={() => w.trials(account.name)} onClose={() => setTrials(null)}>
        {(seen) => (
          <ul className="flex flex-col gap-3">
            {seen.map((trial) => (
              <li key={`${trial.code} ${trial.detail}`} className="flex items-start gap-3">
                <Badge tone={TONES[trial.standing]}>{w.standings[trial.standing]}</Badge>
                <p className="min-w-0 flex-1 break-words">{trial.detail}</p>
              </li>
            ))}
          </ul>
        )}
      </DialogOf>
    </>
  );
}
