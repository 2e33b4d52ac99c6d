import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search as SearchIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { FIND_CHARS_MIN, searchPagesQuery } from '@/api/messages';
import { t } from '@/i18n/t';
import { useDebounced, useNow } from '@/lib/hooks';
import { customerName, formatAddress } from '@/lib/phone';
import { age } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import { Empty, Failure } from '@/ui/States';
import { snippetPieces } from './snippet';

const HEAD = 'px-3 pt-2 pb-1 font-semibold text-label text-muted';

/** Customers by name or number, and texts by their words; the question stands in the address. */
export function Search({
  q,
  onQuery,
  onCustomer,
  onOpen,
}: {
  q: string;
  onQuery: (q: string) => void;
  onCustomer: (customer: string) => void;
  onOpen: (conversation: string, message: string) => void;
}) {
  const [typed, setTyped] = useState(q);
  const late = useDebounced(typed, 180);
  const now = useNow();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (late !== q) onQuery(late);
  }, [late, q, onQuery]);
  const query = useInfiniteQuery({
    ...searchPagesQuery(late),
    placeholderData: keepPreviousData,
  });
  const asked = late.trim().length >= FIND_CHARS_MIN;
  const pages = asked ? (query.data?.pages ?? []) : [];
  const hits = pages.flatMap((page) => page.items);
  const customers = pages[0]?.customers ?? [];
  const walk = (event: React.KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const links = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = links.findIndex((link) => link.matches(':focus'));
    const next = links[at + (event.key === 'ArrowDown' ? 1 : -1)];
    event.preventDefault();
    if (next) next.focus();
    else if (event.key === 'ArrowUp') document.getElementById('search-field')?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows walk from the field into the results
    <div className="flex h-full flex-col" onKeyDown={walk}>
      <div className="border-line border-b bg-surface px-4 py-3 md:px-8">
        <h1 className="sr-only">{t.search.title}</h1>
        <div className="mx-auto flex max-w-[760px] items-center gap-2 rounded-card border border-line-strong px-3 focus-within:border-accent">
          <SearchIcon aria-hidden className="size-4 text-faint" />
          <input
            id="search-field"
            type="search"
            aria-label={t.search.label}
            placeholder={t.search.placeholder}
            value={typed}
            autoFocus
            onChange={(event) => setTyped(event.target.value)}
            className="h-10 min-w-0 flex-1 bg-transparent outline-none max-md:h-12 max-md:text-[16px]"
          />
        </div>
        <p role="status" className="mx-auto mt-1.5 max-w-[760px] text-faint text-label">
          {asked
            ? query.isSuccess
              ? t.search.results(customers.length, hits.length, query.hasNextPage)
              : ''
            : t.search.hint}
        </p>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isError ? (
          <Failure
            detail={errorText(query.error)}
            code={errorCode(query.error)}
            onRetry={() => void query.refetch()}
          />
        ) : null}
        {query.isSuccess && asked && hits.length + customers.length === 0 ? (
          <Empty icon={SearchIcon} title={t.search.none(late.trim())} />
        ) : null}
        <div ref={list} className="mx-auto max-w-[792px] px-2 py-2 md:px-4">
          {customers.length > 0 ? (
            <section aria-label={t.search.customers}>
              <h2 className={HEAD}>{t.search.customers}</h2>
              <ul className="mb-2">
                {customers.map(({ id, name, addresses }) => {
                  const address = addresses[0]?.address ?? '';
                  const called = customerName({ name, address });
                  return (
                    <li key={id}>
                      <button
                        type="button"
                        onClick={() => onCustomer(id)}
                        className="flex w-full items-center gap-3 rounded-card px-3 py-2 text-start hover:bg-surface max-md:min-h-11"
                      >
                        <Avatar name={called} size="sm" />
                        <span className="min-w-0 flex-1 truncate font-medium">{called}</span>
                        <span className="shrink-0 text-label text-muted tabular-nums">
                          {name.trim() ? formatAddress(address) : null}
                        </span>
                      </button>
                    </li>
                  );
                })}
              </ul>
            </section>
          ) : null}
          {customers.length > 0 && hits.length > 0 ? (
            <h2 className={HEAD}>{t.search.texts}</h2>
          ) : null}
          <ul>
            {hits.map((hit) => (
              <li key={hit.message_id}>
                <button
                  type="button"
                  onClick={() => onOpen(hit.conversation_id, hit.message_id)}
                  className="flex w-full flex-col gap-0.5 rounded-card px-3 py-2.5 text-start hover:bg-surface"
                >
                  <span className="flex w-full items-baseline gap-2">
                    <span className="min-w-0 flex-1 truncate font-medium">
                      {customerName(hit.customer)}
                    </span>
                    <span className="text-faint text-meta">{age(hit.at, now)}</span>
                  </span>
                  <span className="line-clamp-2 text-muted">
                    {snippetPieces(hit.snippet, late).map((piece, at) =>
                      piece.found ? (
                        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in order
                        <mark key={at} className="rounded-[2px] bg-note font-medium text-ink">
                          {piece.text}
                        </mark>
                      ) : (
                        piece.text
                      ),
                    )}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        {hits.length > 0 && query.hasNextPage ? (
          <div className="flex justify-center pb-6">
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t.common.show_more}
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  );
}
