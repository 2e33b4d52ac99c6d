import {
  Ban,
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  Clock,
  Clock3,
  type LucideIcon,
  RotateCw,
} from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { cancelMessage, type Message, retryMessage, tryMessageNow } from '@/api/messages';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { endsAtNoHour, gateWhy, gateWords, goesOn } from '@/lib/gate-words';
import { useLoaded } from '@/lib/loaded';
import { fullTime, moment, timeOfDay } from '@/lib/time';
import { Disclosure } from '@/ui/Disclosure';
import { toast } from '@/ui/Toasts';

type State = Message['state'];

// A dialog's machinery is not part of the first load; a text in doubt is rare.
const loadConfirm = () => import('@/ui/Confirm').then((module) => module.Confirm);
const confirm: { part: Awaited<ReturnType<typeof loadConfirm>> | null } = { part: null };

/** "Delivered" only on a carrier's receipt; everything less says what is known and no more. */
const LOOK: Record<State, { icon: LucideIcon; tone: string }> = {
  received: { icon: Check, tone: 'text-faint' },
  noted: { icon: Check, tone: 'text-faint' },
  queued: { icon: Clock, tone: 'text-faint' },
  held: { icon: Clock3, tone: 'text-warn' },
  refused: { icon: Ban, tone: 'text-bad' },
  handing_over: { icon: Clock, tone: 'text-faint' },
  accepted: { icon: Check, tone: 'text-faint' },
  sent: { icon: Check, tone: 'text-faint' },
  sent_unconfirmed: { icon: Check, tone: 'text-faint' },
  delivered: { icon: CheckCheck, tone: 'text-ok' },
  undelivered: { icon: CircleAlert, tone: 'text-bad' },
  failed: { icon: CircleAlert, tone: 'text-bad' },
  ambiguous: { icon: CircleHelp, tone: 'text-warn' },
  cancelled: { icon: Ban, tone: 'text-faint' },
};

const NEXT_TRY = { icon: Clock3, tone: 'text-warn' };

const RETRY: ReadonlySet<State> = new Set(['undelivered', 'failed', 'refused', 'cancelled']);
/** May have arrived: only a person may send these again, and is asked first. */
const IN_DOUBT: ReadonlySet<State> = new Set(['ambiguous', 'sent_unconfirmed']);
const CANCEL: ReadonlySet<State> = new Set(['queued', 'held']);

/** The gate said so; the record of what it said is behind "Why". */
const GATED: ReadonlySet<State> = new Set(['held', 'refused']);

const DEED =
  'font-semibold text-accent underline-offset-2 hover:underline max-md:min-h-11 px-1 -mx-1 rounded-[4px] min-h-6';

/** States a person should see on every text, also where the last of its block is in the same. */
export function needsWords(message: Message): boolean {
  return !['received', 'noted', 'delivered', 'sent', 'accepted'].includes(message.state);
}

function words(message: Message, zone: string | undefined, now: number): string {
  const held = message.state === 'held' && !endsAtNoHour(message.reason?.code);
  if (held && message.held_until !== null) {
    return t.states.held_until(goesOn(message.held_until, zone ? [zone] : [], now).full);
  }
  if (message.state === 'queued' && message.reason) {
    const why = t.waits[message.reason.code] ?? t.states.queued;
    const at = message.next_try?.at ?? 0;
    return at > now ? t.states.next_try(why, moment(at, now)) : t.states.next_try_due(why);
  }
  return t.states[message.state];
}

/**
 * Why it stands there. A failure's code is a class of errors; elsewhere it is the gate's own. A text
 * that waits for its next try says why in its state.
 */
export function reasonWords({ state, reason }: Pick<Message, 'state' | 'reason'>): string | null {
  if (!reason || state === 'delivered' || state === 'sent' || state === 'queued') return null;
  const failed = state === 'failed' || state === 'undelivered';
  if (!failed) return gateWords(reason);
  if (reason.code === 'unknown') return reason.detail;
  return t.error_classes[reason.code] ?? reason.detail;
}

export function DeliveryState({
  message,
  retried,
  zone,
  now,
}: {
  message: Message;
  /** It has been sent again; the newer text is the one to look at. */
  retried: boolean;
  /** Where the customer's clock stands, if that is known. */
  zone?: string | undefined;
  now: number;
}) {
  const [busy, setBusy] = useState(false);
  const { icon: Icon, tone } = message.next_try ? NEXT_TRY : LOOK[message.state];
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast(errorText(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  const detail = reasonWords(message);
  const why = GATED.has(message.state) && message.reason ? gateWhy(message.reason) : null;
  const retry = () => run(() => retryMessage(message.conversation_id, message.id));
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-1.5 text-meta max-md:text-label">
      <span className="text-faint" title={fullTime(message.created_at)}>
        {timeOfDay(message.created_at)}
      </span>
      {message.kind === 'outbound' ? (
        <>
          <span
            className={cn('inline-flex items-center gap-1 font-medium', tone)}
            title={fullTime(message.state_at)}
          >
            <Icon aria-hidden className="size-3" strokeWidth={2.25} />
            {words(message, zone, now)}
          </span>
          {detail ? (
            // The provider's own code, for whoever asks the provider.
            <span className="text-muted" title={why ? undefined : message.reason?.detail}>
              {detail}
            </span>
          ) : null}
          {why ? (
            <Disclosure label={t.why}>
              <p className="break-words text-end text-muted">{why}</p>
            </Disclosure>
          ) : null}
          {message.in_flight_at_opt_out ? (
            <span className="text-warn">{t.thread.in_flight}</span>
          ) : null}
          {retried ? (
            <span className="text-muted">{t.states.retried}</span>
          ) : IN_DOUBT.has(message.state) ? (
            <AgainInDoubt state={message.state} busy={busy} onAgain={retry} />
          ) : RETRY.has(message.state) ? (
            <AgainButton label={t.states.retry} busy={busy} onClick={() => void retry()} />
          ) : null}
          {message.next_try?.may_hasten ? (
            <AgainButton
              label={t.states.try_now}
              doing={t.states.trying_now}
              busy={busy}
              onClick={() => void run(() => tryMessageNow(message.conversation_id, message.id))}
            />
          ) : null}
          {CANCEL.has(message.state) ? (
            <button
              type="button"
              disabled={busy}
              className={DEED}
              onClick={() => void run(() => cancelMessage(message.conversation_id, message.id))}
            >
              {t.states.cancel}
            </button>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

function AgainButton({
  label,
  doing = t.states.retrying,
  busy,
  onClick,
}: {
  label: string;
  /** The label while it is at work. */
  doing?: string;
  busy: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      disabled={busy}
      className={cn(DEED, 'inline-flex items-center gap-1')}
      onClick={onClick}
    >
      <RotateCw aria-hidden className={cn('size-3', busy && 'animate-spin')} />
      {busy ? doing : label}
    </button>
  );
}

/** Nobody knows whether the text arrived: whoever sends it again is told what that may mean. */
function AgainInDoubt({
  state,
  busy,
  onAgain,
}: {
  state: State;
  busy: boolean;
  onAgain: () => Promise<void>;
}) {
  const [asking, setAsking] = useState(false);
  const Confirm = useLoaded(confirm, loadConfirm, asking);
  return (
    <>
      <AgainButton label={t.states.send_again} busy={busy} onClick={() => setAsking(true)} />
      {Confirm ? (
        <Confirm
          open={asking}
          onOpenChange={setAsking}
          title={t.states.doubt_title}
          action={t.states.send_again}
          busy={busy}
          onConfirm={() => void onAgain().then(() => setAsking(false))}
        >
          {state === 'ambiguous' ? t.states.doubt_ambiguous : t.states.doubt_unconfirmed}
        </Confirm>
      ) : null}
    </>
  );
}
