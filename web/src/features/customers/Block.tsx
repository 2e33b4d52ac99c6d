import type { ReactNode } from 'react';

/** A part of what is shown of a customer, under its own heading. */
export function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-t px-4 py-3">
      <h2 className="mb-1.5 font-semibold text-label text-muted">{title}</h2>
      {children}
    </section>
  );
}
