import { useQuery } from '@tanstack/react-query';
import { Link2, Lock } from 'lucide-react';
import { memo } from 'react';
import type { Message } from '@/api/messages';
import type { Outgoing } from '@/api/outgoing';
import { membersQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { copyText, permalink } from '@/lib/permalink';
import { timeOfDay } from '@/lib/time';
import { Spinner } from '@/ui/Spinner';
import { toast } from '@/ui/Toasts';
import { DeliveryState, needsWords } from './DeliveryState';
import { eventWords } from './event-words';
import { MediaView } from './MediaView';

function sender(message: Message, customer: string): string {
  const author = message.author;
  switch (author?.type) {
    case 'customer':
    case undefined:
      return author?.name || customer;
    case 'member':
      return author.name;
    case 'bot':
      return author.name || t.thread.by_bot;
    case 'flow':
      return author.name || t.thread.by_flow;
    case 'api':
      return author.name || t.thread.by_api;
    case 'system':
      return author.name || t.thread.by_system;
  }
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])/g;

/** Words with their links made clickable; nothing else in a customer's text is ever interpreted. */
function Words({ text }: { text: string }) {
  return text.split(LINK).map((piece, at) =>
    at % 2 === 1 ? (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
        key={at}
        href={piece}
        target="_blank"
        rel="noreferrer noopener"
        className="underline underline-offset-2"
      >
        {piece}
      </a>
    ) : (
      piece
    ),
  );
}

function Bubble({
  kind,
  children,
}: {
  kind: 'inbound' | 'outbound' | 'note';
  children: React.ReactNode;
}) {
  return (
    <div
      className={cn(
        'w-fit max-w-full whitespace-pre-wrap wrap-anywhere rounded-bubble px-3.5 py-2 text-text',
        kind === 'inbound' && 'rounded-es-[4px] bg-sunken text-ink',
        kind === 'outbound' && 'rounded-ee-[4px] bg-bubble-out text-bubble-out-ink',
        kind === 'note' && 'rounded-ee-[4px] border border-line bg-note text-ink',
      )}
    >
      {children}
    </div>
  );
}

export async function copyLink({ id, conversation_id }: Pick<Message, 'id' | 'conversation_id'>) {
  const copied = await copyText(permalink(conversation_id, id));
  if (copied) toast(t.thread.link_copied);
  else toast(t.thread.link_not_copied, { tone: 'bad' });
}

/** What a text says to whoever cannot see it: one of pictures alone, and one of nothing, say so. */
export const spoken = ({ body, media }: Pick<Message, 'body' | 'media'>) =>
  body || (media.length > 0 ? t.thread.photo : t.thread.empty_text);

export const MessageView = memo(function MessageView({
  message,
  customer,
  first,
  stated,
  marked,
  retried,
  zone,
  now,
}: {
  message: Message;
  customer: string;
  first: boolean;
  /** Whether its state is said below it, even where nothing is to be done about it. */
  stated: boolean;
  /** A link led here. */
  marked: boolean;
  /** A newer text of the thread is this one, sent again. */
  retried: boolean;
  /** Where the customer's clock stands, if that is known. */
  zone: string | undefined;
  now: number;
}) {
  const bare = message.body === '' && message.media.length === 0;
  const inbound = message.kind === 'inbound';
  const note = message.kind === 'note';
  return (
    <article
      id={message.id}
      // Can take the focus when a link leads here, and is no stop on the way of the Tab key.
      tabIndex={-1}
      aria-label={t.thread.announce(sender(message, customer), spoken(message))}
      aria-current={marked || undefined}
      className={cn(
        'group flex flex-col px-5 outline-none max-md:px-3',
        inbound ? 'items-start' : 'items-end',
        first ? 'pt-2.5' : 'pt-[3px]',
        marked && 'border-accent border-s-2 bg-accent-soft py-2',
      )}
    >
      <div
        className={cn(
          'flex max-w-[68%] flex-col gap-1 max-md:max-w-[84%]',
          inbound ? 'items-start' : 'items-end',
        )}
      >
        {first && (!inbound || note) ? (
          <span className="flex items-center gap-1 px-1 text-meta text-muted">
            {note ? (
              <>
                <Lock aria-hidden className="size-3 text-warn" />
                <span className="font-semibold text-warn">{t.thread.note}</span>
                <span aria-hidden>·</span>
              </>
            ) : null}
            {sender(message, customer)}
          </span>
        ) : null}
        {message.media.length > 0 ? <MediaView media={message.media} end={!inbound} /> : null}
        {message.body || bare ? (
          <div className={cn('relative', inbound ? 'pe-8 -me-8' : 'ps-8 -ms-8')}>
            <Bubble kind={note ? 'note' : inbound ? 'inbound' : 'outbound'}>
              {bare ? <i>{t.thread.empty_text}</i> : <Words text={message.body} />}
            </Bubble>
            <button
              type="button"
              // By keys the palette copies the link; a stop on each text would bury the composer.
              tabIndex={-1}
              aria-label={t.thread.copy_link}
              onClick={() => void copyLink(message)}
              className={cn(
                'absolute top-1 hidden size-7 items-center justify-center rounded-control text-faint hover:bg-sunken hover:text-ink group-hover:inline-flex',
                inbound ? 'end-0' : 'start-0',
              )}
            >
              <Link2 aria-hidden className="size-4" strokeWidth={1.75} />
            </button>
          </div>
        ) : null}
        {stated || needsWords(message) ? (
          <div className="px-1">
            <DeliveryState message={message} retried={retried} zone={zone} now={now} />
          </div>
        ) : null}
      </div>
    </article>
  );
});

/** Painted the moment Send is pressed; the server's message takes its place under the same id. */
export function OutgoingView({ item }: { item: Outgoing }) {
  return (
    <article
      aria-label={t.thread.announce(t.common.you, item.body || t.thread.photo)}
      className="flex flex-col items-end px-5 pt-2.5 max-md:px-3"
    >
      <div className="flex max-w-[68%] flex-col items-end gap-1 max-md:max-w-[84%]">
        {item.media.length > 0 ? <MediaView media={item.media} end /> : null}
        {item.body ? (
          <Bubble kind={item.kind === 'note' ? 'note' : 'outbound'}>{item.body}</Bubble>
        ) : null}
        <span className="flex items-center gap-1.5 px-1 text-faint text-meta">
          {timeOfDay(item.at)}
          <Spinner className="size-3" />
          {t.states.sending}
        </span>
      </div>
    </article>
  );
}

export function EventLine({ message, now }: { message: Message; now: number }) {
  const members = useQuery(membersQuery).data?.items;
  const words = eventWords(message, now, (id) => members?.find((member) => member.id === id)?.name);
  return (
    <p className="px-5 py-1.5 text-center text-faint text-label max-md:px-3">
      {words} · {timeOfDay(message.created_at)}
    </p>
  );
}
