import type { ReactNode } from 'react';
import { t } from '@/i18n/t';

/** The sheet on which one signs in: nothing but the form. */
export function Frame({
  title,
  intro,
  wide = false,
  children,
}: {
  title: string;
  intro?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-full flex-col items-center overflow-y-auto px-4 py-10 md:py-16">
      <div className="mb-6 flex items-center gap-2.5">
        <img src="/favicon.svg" alt="" className="size-8" />
        <span className="font-semibold text-page">{t.common.app}</span>
      </div>
      <div
        className={`w-full rounded-dialog border border-line bg-surface p-5 md:p-7 ${wide ? 'max-w-[560px]' : 'max-w-[400px]'}`}
      >
        <h1 className="font-semibold text-page">{title}</h1>
        {intro ? <div className="mt-1 text-muted">{intro}</div> : null}
        <div className="mt-5">{children}</div>
      </div>
    </main>
  );
}
