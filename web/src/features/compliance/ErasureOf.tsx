import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, Check, Minus, UserX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type Customer, customerQuery } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import { type ErasureCounts, erasurePreviewQuery, isGone } from '@/api/privacy';
import { later } from '@/i18n/later';
import { formatAddress } from '@/lib/phone';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { AccessExport } from './AccessExport';
import { EraseDialog } from './EraseDialog';

const w = later.privacy.erasure;
const COUNTED = ['conversations', 'texts', 'notes', 'media', 'drafts', 'orders'] as const;

/** One customer before an erasure: what there is, what goes, what stays, and the file to give them. */
export function ErasureOf({
  id,
  underWay,
  onBack,
  onErased,
}: {
  id: string;
  /** An erasure of theirs has begun and is not done. */
  underWay: boolean;
  onBack: () => void;
  onErased: () => void;
}) {
  const customer = useQuery(customerQuery(id));
  const preview = useQuery(erasurePreviewQuery(id));
  const [asking, setAsking] = useState(false);
  const back = (
    <Button icon={ArrowLeft} onClick={onBack}>
      {w.back}
    </Button>
  );
  const failed = customer.isError ? customer : preview.isError ? preview : null;
  if (failed && isGone(failed.error)) {
    return (
      <Empty icon={UserX} title={w.gone} action={back}>
        {w.gone_detail}
      </Empty>
    );
  }
  if (failed) {
    return (
      <Failure
        detail={errorText(failed.error)}
        code={errorCode(failed.error)}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  if (!customer.data || !preview.data) return <SkeletonRows rows={4} />;
  const name = customer.data.name || numbersOf(customer.data);
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <h2 className="break-words font-semibold text-title">{name}</h2>
          {customer.data.name ? (
            <p className="text-label text-muted">{numbersOf(customer.data)}</p>
          ) : null}
        </div>
        {back}
      </div>
      <AccessExport customer={id} name={name} />
      {underWay ? (
        <Notice className="mb-6">{w.under_way}</Notice>
      ) : (
        <>
          <Section title={w.goes}>
            <Went counts={preview.data} />
          </Section>
          <Section title={w.stays}>
            <Stay counts={preview.data} numbers={customer.data.addresses.length} />
          </Section>
          <Button tone="danger" icon={UserX} onClick={() => setAsking(true)}>
            {w.erase}
          </Button>
        </>
      )}
      <EraseDialog
        customer={asking ? customer.data : null}
        onClose={() => setAsking(false)}
        onErased={onErased}
      />
    </>
  );
}

function numbersOf(customer: Customer): string {
  return customer.addresses.map(({ address }) => formatAddress(address)).join(', ');
}

function Went({ counts }: { counts: ErasureCounts }) {
  return (
    <ul className="flex flex-col gap-1">
      {COUNTED.map((kind) => (
        <Line key={kind} icon={<Minus aria-hidden className="mt-1 size-3.5 shrink-0 text-bad" />}>
          {w.counts[kind](counts[kind])}
        </Line>
      ))}
      <Line icon={<Minus aria-hidden className="mt-1 size-3.5 shrink-0 text-bad" />}>{w.with}</Line>
      {counts.waiting > 0 ? <li className="mt-1 text-warn">{w.waiting(counts.waiting)}</li> : null}
    </ul>
  );
}

function Stay({ counts, numbers }: { counts: ErasureCounts; numbers: number }) {
  const icon = <Check aria-hidden className="mt-1 size-3.5 shrink-0 text-muted" />;
  return (
    <ul className="flex flex-col gap-1">
      <Line icon={icon}>{w.stay_hash(numbers)}</Line>
      <Line icon={icon}>{w.stay_consents(counts.consents)}</Line>
      <Line icon={icon}>{w.stay_audit}</Line>
    </ul>
  );
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li className="flex gap-2">
      {icon}
      <span className="min-w-0 break-words">{children}</span>
    </li>
  );
}
