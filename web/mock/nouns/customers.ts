import type { Schemas } from '../dataset.ts';
import type { Route, World } from '../world.ts';

type Customer = Schemas['Customer'];
type Kind = Schemas['PlaceKind'];

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
      const next = { ...data.customers.get(id), ...body } as Customer;
      data.customers.set(id, next);
      return next;
    },
  ],
  [
    'PUT',
    /^\/customers\/([^/]+)\/places\/[^/]+$/,
    ({ body, path }, id) => {
      const now = data.customers.get(id);
      if (!now) return undefined;
      const place = { source: 'member', ...body, kind: kindOf(path), known_at: Date.now() };
      const next = { ...now, places: [...without(now, kindOf(path)), place] } as Customer;
      data.customers.set(id, next);
      return next;
    },
  ],
  [
    'DELETE',
    /^\/customers\/([^/]+)\/places\/[^/]+$/,
    ({ path }, id) => {
      const now = data.customers.get(id);
      if (!now) return undefined;
      data.customers.set(id, { ...now, places: without(now, kindOf(path)) });
      return null;
    },
  ],
];

const kindOf = (path: string) => path.split('/').pop() as Kind;

const without = (customer: Customer, kind: Kind) =>
  customer.places.filter((place) => place.kind !== kind);
