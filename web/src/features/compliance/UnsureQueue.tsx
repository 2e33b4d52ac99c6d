import { useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { answerUnsureText, type UnsureText, unsureTextsQuery } from '@/api/consents';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { duration } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Kbd } from '@/ui/Kbd';
import { Page } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { At } from './parts';

const w = t.compliance.unsure;

/** Texts that may ask to stop, one question each, answered with one key or click. */
export function UnsureQueue({
  mayAnswer,
  onThread,
}: {
  mayAnswer: boolean;
  onThread: (conversation: string, message: string) => void;
}) {
  const query = useQuery(unsureTextsQuery);
  return (
    <Page title={t.compliance.pages.unsure} intro={w.intro}>
      {query.data ? (
        query.data.items.length === 0 ? (
          <Empty icon={CircleHelp} title={w.empty}>
            {w.empty_detail}
          </Empty>
        ) : (
          <Queue texts={query.data.items} mayAnswer={mayAnswer} onThread={onThread} />
        )
      ) : query.isError ? (
        <Failure
          detail={errorText(query.error)}
          code={errorCode(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Page>
  );
}

/** One tab stop, where the arrows move; its keys count while it has the focus and nowhere else. */
function Queue({
  texts,
  mayAnswer,
  onThread,
}: {
  texts: readonly UnsureText[];
  mayAnswer: boolean;
  onThread: (conversation: string, message: string) => void;
}) {
  const [chosen, setChosen] = useState(texts[0]?.message_id ?? '');
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLUListElement>(null);
  const place = Math.max(
    0,
    texts.findIndex((text) => text.message_id === chosen),
  );
  const now = useNow();
  const active = texts[place]?.message_id ?? '';

  const focus = (id: string) =>
    list.current?.querySelector<HTMLElement>(`[data-text="${id}"]`)?.focus();
  // Whoever comes here comes to answer: the first question has the keys.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the list appears
  useEffect(() => focus(active), []);

  const step = (by: number) => {
    const next = texts[Math.min(texts.length - 1, Math.max(0, place + by))];
    if (!next) return;
    setChosen(next.message_id);
    focus(next.message_id);
  };
  const answer = async (text: UnsureText, askedToStop: boolean) => {
    if (busy.has(text.message_id)) return;
    const at = texts.indexOf(text);
    setBusy((ids) => new Set(ids).add(text.message_id));
    try {
      await answerUnsureText(text.message_id, askedToStop);
      toast(askedToStop ? t.unsure.opted_out : t.unsure.stays);
      const next = texts[at + 1] ?? texts[at - 1];
      if (next) {
        setChosen(next.message_id);
        focus(next.message_id);
      }
    } catch (error) {
      toast(errorText(error), { tone: 'bad' });
    } finally {
      setBusy((ids) => new Set([...ids].filter((id) => id !== text.message_id)));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const text = texts[place];
    const keys: Record<string, () => void> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      j: () => step(1),
      k: () => step(-1),
    };
    if (text && mayAnswer) {
      keys['1'] = () => void answer(text, true);
      keys['2'] = () => void answer(text, false);
    }
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };
  return (
    <>
      {mayAnswer ? <p className="mb-3 text-label text-muted max-md:hidden">{w.keys}</p> : null}
      <ul ref={list} aria-label={w.list} onKeyDown={onKeyDown} className="flex flex-col gap-3">
        {texts.map((text) => (
          <li
            key={text.message_id}
            data-text={text.message_id}
            tabIndex={text.message_id === active ? 0 : -1}
            onFocus={() => setChosen(text.message_id)}
            className="rounded-card border border-line bg-surface p-4 outline-offset-0 focus-visible:border-accent"
          >
            <p className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="font-medium">{formatAddress(text.address)}</span>
              <At ms={text.asked_at} className="text-label text-muted">
                {w.since(duration(now - text.asked_at))}
              </At>
            </p>
            <p className="mt-2 whitespace-pre-wrap break-words text-title">{text.body}</p>
            <p className="mt-1 text-label text-muted">{t.compliance.read_as(text.matched_by)}</p>
            <div className="mt-3 flex flex-wrap gap-2">
              {mayAnswer ? (
                <>
                  <Button busy={busy.has(text.message_id)} onClick={() => void answer(text, true)}>
                    {w.yes}
                    <Key keys="1" />
                  </Button>
                  <Button busy={busy.has(text.message_id)} onClick={() => void answer(text, false)}>
                    {w.no}
                    <Key keys="2" />
                  </Button>
                </>
              ) : null}
              <Button
                tone="quiet"
                aria-label={t.compliance.open_thread_of(formatAddress(text.address))}
                onClick={() => onThread(text.conversation_id, text.message_id)}
              >
                {t.compliance.open_thread}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The key of a button, for those who have one. */
function Key({ keys }: { keys: string }) {
  return (
    <span aria-hidden className="max-md:hidden">
      <Kbd keys={keys} />
    </span>
  );
}
