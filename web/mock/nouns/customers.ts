import type { Schemas } from '../dataset.ts';
import type { Route, World } from '../world.ts';

export const customerRoutes = ({ data }: World): Route[] => [
  [
    'GET',
    /^\/customers$/,
    ({ query }) => {
      const q = (query.get('q') ?? '').toLowerCase();
      return {
        items: [...data.customers.values()]
          .filter((item) => `${item.name} ${item.addresses[0]?.address}`.toLowerCase().includes(q))
          .slice(0, 50),
        next_cursor: null,
      };
    },
  ],
  ['GET', /^\/customers\/([^/]+)$/, (_ask, id) => data.customers.get(id)],
  [
    'PATCH',
    /^\/customers\/([^/]+)$/,
    ({ body }, id) => {
      const next = { ...data.customers.get(id), ...body } as Schemas['Customer'];
      data.customers.set(id, next);
      return next;
    },
  ],
];
