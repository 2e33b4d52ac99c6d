import type { Schemas } from '../dataset.ts';
import { newId, type Route, type World } from '../world.ts';

const DAY = 86_400_000;
const LEAST: Record<Schemas['RetentionCategory'], number> = {
  conversations: 7,
  messages: 7,
  notes: 1,
  media: 1,
  webhooks: 14,
  audit: 30,
};

/** How much would go of a category kept so many days: the longer, the less. */
const due = (days: number | null) => (days === null ? 0 : Math.max(0, 400 - days));
const oldest = (days: number | null) => (due(days) > 0 ? Date.now() - 400 * DAY : null);

export function privacyRoutes({ data }: World): Route[] {
  const kept: Schemas['Retention'][] = Object.entries(LEAST).map(([name, days_min]) => ({
    category: name as Schemas['RetentionCategory'],
    days: name === 'webhooks' ? 180 : null,
    days_min,
    due: name === 'webhooks' ? 220 : 0,
    oldest_at: name === 'webhooks' ? Date.now() - 400 * DAY : null,
    run_at: name === 'webhooks' ? Date.now() - 0.6 * DAY : null,
    gone: name === 'webhooks' ? 1_204 : 0,
  }));
  const counts = (id: string): Schemas['ErasureCounts'] => {
    const talks = [...data.conversations.values()].filter((talk) => talk.customer.id === id);
    return {
      conversations: talks.length,
      texts: talks.reduce((sum, talk) => sum + (data.messages.get(talk.id)?.length ?? 0), 0),
      notes: 2,
      media: 1,
      drafts: 0,
      orders: data.customers.get(id)?.orders.length ?? 0,
      waiting: 1,
      consents: 3,
    };
  };
  const erasure = (customer_id: string, at: number, done: boolean): Schemas['Erasure'] => ({
    id: newId('era'),
    customer_id,
    state: done ? 'done' : 'waiting',
    done: done ? 40 : 0,
    total: 40,
    counts: done ? { ...counts(''), conversations: 2, texts: 40, media: 3 } : counts(customer_id),
    actor_kind: 'member',
    actor_id: 'mem_00000000000000000000000000000001',
    actor_name: 'Maya Ortiz',
    created_at: at,
    finished_at: done ? at + 2_000 : null,
  });
  let erasures = [erasure(newId('cus'), Date.now() - 3 * DAY, true)];
  const exports = new Map<string, Schemas['CustomerExport']>();
  const step = (row: Schemas['Erasure']): Schemas['Erasure'] => {
    if (row.state === 'done') return row;
    const done = Math.min(row.total, row.done + 15);
    if (done < row.total) return { ...row, state: 'erasing', done };
    data.customers.delete(row.customer_id);
    for (const [id, talk] of data.conversations) {
      if (talk.customer.id === row.customer_id) data.conversations.delete(id);
    }
    return { ...row, state: 'done', done, finished_at: Date.now() };
  };
  return [
    ['GET', /^\/retention$/, () => ({ items: kept })],
    [
      'GET',
      /^\/retention\/([^/]+)\/due$/,
      ({ query }): Schemas['RetentionDue'] => {
        const days = Number(query.get('days'));
        return { due: due(days), oldest_at: oldest(days) };
      },
    ],
    [
      'PUT',
      /^\/retention\/([^/]+)$/,
      ({ body }, name) => {
        const days = typeof body.days === 'number' ? body.days : null;
        for (const row of kept) {
          if (row.category === name) {
            Object.assign(row, { days, due: due(days), oldest_at: oldest(days) });
          }
        }
        return { items: kept };
      },
    ],
    [
      'GET',
      /^\/customers\/([^/]+)\/erasure$/,
      (_ask, id) => (data.customers.has(id) ? counts(id) : undefined),
    ],
    [
      'POST',
      /^\/customers\/([^/]+)\/erasure$/,
      (_ask, id) => {
        const made = erasure(id, Date.now(), false);
        erasures = [made, ...erasures];
        return made;
      },
    ],
    [
      'GET',
      /^\/erasures$/,
      () => {
        erasures = erasures.map(step);
        return { items: erasures, next_cursor: null };
      },
    ],
    [
      'POST',
      /^\/customers\/([^/]+)\/export$/,
      (_ask, id) => {
        const made: Schemas['CustomerExport'] = {
          id: newId('pack'),
          customer_id: id,
          state: 'making',
          done: 0,
          total: 40,
          bytes: null,
          created_at: Date.now(),
          finished_at: null,
          expires_at: Date.now() + DAY,
        };
        exports.set(made.id, made);
        return made;
      },
    ],
    [
      'GET',
      /^\/exports\/([^/]+)$/,
      (_ask, id) => {
        const row = exports.get(id);
        if (!row) return undefined;
        const done = Math.min(row.total, row.done + 20);
        const ready = done === row.total;
        const next: Schemas['CustomerExport'] = {
          ...row,
          done,
          state: ready ? 'ready' : 'making',
          bytes: ready ? 88_064 : null,
          finished_at: ready ? Date.now() : null,
        };
        exports.set(id, next);
        return next;
      },
    ],
  ];
}
