import { useQuery } from '@tanstack/react-query';
import { Download, FileDown } from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { exportCustomer, exportQuery, exportUrl, isGone } from '@/api/privacy';
import { later } from '@/i18n/later';
import { useNow } from '@/lib/hooks';
import { moment } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button, buttonClass } from '@/ui/Button';
import { Meter } from '@/ui/Meter';
import { Section } from '@/ui/Page';

const w = later.privacy.erasure;

/** Everything about a customer in one file, made in the background and fetched here. */
export function AccessExport({ customer, name }: { customer: string; name: string }) {
  const [made, setMade] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const query = useQuery({ ...exportQuery(made), enabled: made !== '' });
  const now = useNow();
  const make = async () => {
    setBusy(true);
    setWrong('');
    try {
      setMade((await exportCustomer(customer)).id);
    } catch (error) {
      setWrong(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const file = query.data;
  const trouble =
    wrong ||
    (query.isError ? (isGone(query.error) ? w.export_gone : errorText(query.error)) : '') ||
    (file?.state === 'failed' ? w.export_failed : '');
  return (
    <Section title={w.export_title} hint={w.export_hint}>
      <div className="flex flex-wrap items-center gap-3" aria-live="polite">
        {file?.state === 'ready' ? (
          <>
            <a
              href={exportUrl(file.id)}
              download={`customer-${customer}.zip`}
              aria-label={`${w.download}: ${name}`}
              className={buttonClass({ tone: 'primary' })}
            >
              <Download aria-hidden className="size-4" />
              {w.download}
            </a>
            <span className="text-label text-muted">
              {w.kept(
                moment(file.expires_at, now),
                Math.ceil((file.bytes ?? 0) / 1000).toLocaleString('en'),
              )}
            </span>
          </>
        ) : null}
        {file?.state === 'making' ? (
          <div className="min-w-[200px] flex-1">
            <Meter label={w.exporting} done={file.done} total={file.total} />
          </div>
        ) : (
          <Button
            icon={FileDown}
            tone={file?.state === 'ready' ? 'quiet' : 'plain'}
            busy={busy || (made !== '' && query.isPending)}
            onClick={() => void make()}
          >
            {file?.state === 'ready' ? w.export_again : w.export}
          </Button>
        )}
      </div>
      {trouble ? (
        <Notice tone="bad" className="mt-3">
          {trouble}
        </Notice>
      ) : null}
    </Section>
  );
}
