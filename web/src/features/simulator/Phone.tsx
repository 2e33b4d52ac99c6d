import { useQuery } from '@tanstack/react-query';
import { ImagePlus, SendHorizontal } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { errorText } from '@/api/errors';
import { uploadMedia } from '@/api/messages';
import type { Inbox } from '@/api/settings';
import { type PhoneText, phoneQuery, textFromPhone } from '@/api/simulator';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { formatAddress } from '@/lib/phone';
import { useStayAtEnd } from '@/lib/stay-at-end';
import { timeOfDay } from '@/lib/time';
import { toast } from '@/ui/Toasts';

const QUICK = ['STOP', 'START', 'HELP'];
const NO_TEXTS: PhoneText[] = [];

/** The handset: parts joined, photos in place, as the customer would see it. */
export function Phone({
  number,
  inbox,
  className,
}: {
  number: string;
  inbox: Inbox;
  className?: string;
}) {
  const screen = useQuery(phoneQuery(number));
  const [body, setBody] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const texts = (screen.data?.texts ?? NO_TEXTS).filter(
    (text) => text.inbox_address === inbox.address,
  );
  const { scroller, content, toEnd } = useStayAtEnd();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another phone is another list
  useEffect(toEnd, [number, inbox.id]);

  const send = async (words: string, media: string[] = []) => {
    // Who sends wants to see it arrive, wherever they were reading.
    toEnd();
    try {
      await textFromPhone({ from: number, inbox_id: inbox.id, body: words, media_ids: media });
    } catch (error) {
      setBody(words);
      toast(errorText(error), { tone: 'bad' });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = body.trim();
    if (!words) return;
    setBody('');
    void send(words);
  };

  return (
    <div
      className={cn(
        // Less tall, it could not show a text between its head and its field; the dock scrolls instead.
        'm-4 mt-3 flex min-h-[252px] flex-1 flex-col overflow-hidden rounded-[28px] border-[6px] border-sunken bg-surface shadow-[0_0_0_1px_var(--line-strong)]',
        className,
      )}
    >
      <p className="shrink-0 border-line border-b py-2 text-center font-semibold text-label">
        {inbox.name}
        <span className="block font-normal text-faint text-meta">
          {formatAddress(inbox.address)}
        </span>
      </p>
      <div
        ref={scroller}
        role="log"
        aria-label={t.simulator.screen}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto focus-visible:outline-offset-[-2px]"
      >
        <div ref={content} className="flex min-h-full flex-col gap-1.5 p-3">
          {texts.length === 0 ? (
            <p className="m-auto text-center text-muted">{t.simulator.empty}</p>
          ) : null}
          {texts.map((text) => (
            <PhoneBubble key={text.id} text={text} />
          ))}
        </div>
      </div>
      <ul aria-label={t.simulator.words} className="flex shrink-0 justify-center gap-1.5 px-3 pb-2">
        {QUICK.map((word) => (
          <li key={word}>
            <button
              type="button"
              onClick={() => void send(word)}
              className="h-6 rounded-full border border-line-strong px-2.5 font-semibold text-meta text-muted hover:bg-sunken max-md:h-11 max-md:px-4"
            >
              {word}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex shrink-0 items-end gap-1.5 border-line border-t p-2">
        <button
          type="button"
          aria-label={t.simulator.photo}
          onClick={() => file.current?.click()}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-full text-muted hover:bg-sunken max-md:size-11"
        >
          <ImagePlus aria-hidden className="size-4" />
        </button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-hidden
          onChange={(event) => {
            const picked = event.target.files?.[0];
            if (!picked) return;
            // What is typed goes along with it, as on a real phone.
            const words = body.trim();
            setBody('');
            uploadMedia(picked)
              .then((media) => send(words, [media.id]))
              .catch((error: unknown) => {
                setBody(words);
                toast(errorText(error), { tone: 'bad' });
              });
            event.target.value = '';
          }}
        />
        <input
          id="simulator-text"
          aria-label={t.simulator.placeholder}
          placeholder={t.simulator.placeholder}
          value={body}
          autoComplete="off"
          onChange={(event) => setBody(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-full border border-line-strong bg-surface px-3 max-md:h-11 max-md:text-[16px]"
        />
        <button
          type="submit"
          aria-label={t.simulator.send}
          disabled={body.trim() === ''}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-accent text-accent-ink disabled:opacity-50 max-md:size-11"
        >
          <SendHorizontal aria-hidden className="size-4" />
        </button>
      </form>
    </div>
  );
}

function PhoneBubble({ text }: { text: PhoneText }) {
  const own = text.direction === 'from_phone';
  return (
    <div
      className={cn(
        'flex max-w-[84%] flex-col gap-1',
        own ? 'items-end self-end' : 'items-start self-start',
      )}
    >
      {text.media.map((media) => (
        <img
          key={media.id}
          src={media.url}
          alt={t.thread.photo}
          className="max-h-40 rounded-card border border-line"
        />
      ))}
      {text.body ? (
        <p
          className={cn(
            'whitespace-pre-wrap rounded-bubble px-3 py-1.5 [overflow-wrap:anywhere]',
            own
              ? 'rounded-ee-[4px] bg-bubble-out text-bubble-out-ink'
              : 'rounded-es-[4px] bg-sunken',
          )}
        >
          {text.body}
        </p>
      ) : null}
      <span className="px-1 text-faint text-meta">{timeOfDay(text.at)}</span>
    </div>
  );
}
