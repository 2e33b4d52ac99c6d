import { useEffect } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { Button, buttonClass } from '@/ui/Button';
import { Empty } from '@/ui/States';

export function NotFound() {
  return (
    <main className="h-full">
      <Empty
        heading
        title={t.errors.not_found_title}
        className="h-full"
        action={
          <a className={buttonClass({ tone: 'primary' })} href="/inbox">
            {t.errors.to_inbox}
          </a>
        }
      >
        {t.errors.not_found}
      </Empty>
    </main>
  );
}

const RELOADED = 'hark.reloaded-at';

/** A chunk of an older build is gone after an upgrade: reload once, by itself. */
function staleChunk(error: unknown): boolean {
  return (
    error instanceof Error &&
    /dynamically imported module|module script failed|preload CSS/i.test(error.message)
  );
}

export function Crashed({ error }: { error: unknown }) {
  useEffect(() => {
    if (!staleChunk(error)) return;
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - last < 60_000) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  }, [error]);
  return (
    <Empty
      title={t.errors.crashed}
      className="h-full"
      action={
        <Button tone="primary" onClick={() => location.reload()}>
          {t.errors.reload}
        </Button>
      }
    >
      <p>{t.errors.crashed_detail}</p>
      <p className="mt-2 text-faint text-label">{errorText(error)}</p>
      <p className="font-mono text-faint text-meta">{errorCode(error)}</p>
    </Empty>
  );
}
