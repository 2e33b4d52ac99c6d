import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Download, FileCheck2 } from 'lucide-react';
import { useState } from 'react';
import {
  type EvidencePack,
  evidenceKeyQuery,
  makePack,
  packsQuery,
  packUrl,
} from '@/api/compliance';
import { errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { moment } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Notice } from '@/ui/Banner';
import { buttonClass } from '@/ui/Button';
import { CopyField } from '@/ui/CopyField';
import { Meter } from '@/ui/Meter';
import { Page, Section } from '@/ui/Page';
import { NumberFilter } from './NumberFilter';
import { PagedList } from './PagedList';

const w = t.compliance.evidence;

/** All about one number in one signed file, made here and verified by anybody. */
export function EvidencePacks({ number, mayRead }: { number: string; mayRead: boolean }) {
  return (
    <Page title={t.compliance.pages.evidence} intro={w.intro}>
      {mayRead ? <Packs number={number} /> : <Notice>{t.compliance.forbidden}</Notice>}
    </Page>
  );
}

function Packs({ number }: { number: string }) {
  const query = useInfiniteQuery(packsQuery);
  const [wrong, setWrong] = useState('');
  const now = useNow();
  const make = async (address: string) => {
    setWrong('');
    if (!address) return;
    try {
      await makePack(address);
    } catch (error) {
      setWrong(errorText(error));
    }
  };
  const latest = query.data?.pages[0]?.items.find((pack) => pack.state === 'ready');
  return (
    <>
      <NumberFilter number={number} action={w.make} onNumber={(next) => void make(next)} />
      {wrong ? (
        <Notice tone="bad" className="mb-4">
          {wrong}
        </Notice>
      ) : null}
      <h2 className="mb-2 font-semibold text-title">{w.packs}</h2>
      <PagedList
        query={query}
        empty={{ icon: FileCheck2, title: w.empty, detail: w.empty_detail }}
        row={(pack) => <PackRow key={pack.id} pack={pack} now={now} />}
      />
      <Verify pack={latest?.id} />
    </>
  );
}

function PackRow({ pack, now }: { pack: EvidencePack; now: number }) {
  const number = formatAddress(pack.address);
  const who = pack.actor_name ?? t.compliance.actors[pack.actor_kind] ?? pack.actor_kind;
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-[200px] flex-1">
          <p className="font-medium">{number}</p>
          <p className="text-label text-muted">
            {[
              w.by(who),
              typeof pack.bytes === 'number'
                ? w.size(Math.ceil(pack.bytes / 1000).toLocaleString('en'))
                : '',
              pack.state === 'ready' ? w.forgets(moment(pack.expires_at, now)) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        {pack.state === 'ready' ? (
          <>
            <Badge tone="ok">{w.ready}</Badge>
            <a
              href={packUrl(pack.id)}
              download={`evidence-${pack.id}.zip`}
              aria-label={w.download_of(number)}
              className={buttonClass({})}
            >
              <Download aria-hidden className="size-4" />
              {w.download}
            </a>
          </>
        ) : null}
        {pack.state === 'failed' ? <Badge tone="bad">{w.failed}</Badge> : null}
      </div>
      {pack.state === 'making' ? (
        <div className="mt-2">
          <Meter label={w.making} done={pack.done} total={pack.total} />
        </div>
      ) : null}
      {pack.sha256 ? (
        <p className="mt-1 break-all font-mono text-faint text-meta">SHA-256 {pack.sha256}</p>
      ) : null}
    </li>
  );
}

/** What an auditor needs beside the file. */
function Verify({ pack }: { pack: string | undefined }) {
  const key = useQuery(evidenceKeyQuery).data?.public_key;
  return (
    <div className="mt-6">
      <Section title={w.verify} hint={w.verify_hint}>
        {key ? (
          <div className="flex flex-col gap-3">
            <CopyField label={w.key} value={key} hint={w.key_hint} />
            <CopyField
              label={w.command}
              value={`hark verify-evidence evidence-${pack ?? 'pack'}.zip --key ${key}`}
            />
          </div>
        ) : (
          <p className="text-muted">{w.no_key}</p>
        )}
      </Section>
    </div>
  );
}
