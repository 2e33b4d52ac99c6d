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
import { cancelMessage, type Message, retryMessage } from '@/api/messages';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { fullTime, moment, timeOfDay } from '@/lib/time';
import { toast } from '@/ui/Toasts';

type State = Message['state'];

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

const RETRY: ReadonlySet<State> = new Set(['undelivered', 'failed', 'refused', 'cancelled']);
const CANCEL: ReadonlySet<State> = new Set(['queued', 'held']);

/** States a person should see on every text, not only on the last of a block. */
export function needsWords(message: Message): boolean {
  return !['received', 'noted', 'delivered', 'sent', 'accepted'].includes(message.state);
}

function words(message: Message, now: number): string {
  if (message.state === 'held' && message.held_until !== null) {
    return t.states.held_until(moment(message.held_until, now));
  }
  return t.states[message.state];
}

export function DeliveryState({ message, now }: { message: Message; now: number }) {
  const [busy, setBusy] = useState(false);
  const { icon: Icon, tone } = LOOK[message.state];
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
  const detail =
    message.state === 'delivered' || message.state === 'sent' ? null : message.reason?.detail;
  const action =
    'font-semibold text-accent underline-offset-2 hover:underline max-md:min-h-11 px-1 -mx-1 rounded-[4px] min-h-6';
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
            {words(message, now)}
          </span>
          {detail ? <span className="text-muted">{detail}</span> : null}
          {message.in_flight_at_opt_out ? (
            <span className="text-warn">{t.thread.in_flight}</span>
          ) : null}
          {RETRY.has(message.state) ? (
            <button
              type="button"
              disabled={busy}
              className={cn(action, 'inline-flex items-center gap-1')}
              onClick={() => void run(() => retryMessage(message.conversation_id, message.id))}
            >
              <RotateCw aria-hidden className={cn('size-3', busy && 'animate-spin')} />
              {busy ? t.states.retrying : t.states.retry}
            </button>
          ) : null}
          {CANCEL.has(message.state) ? (
            <button
              type="button"
              disabled={busy}
              className={action}
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
