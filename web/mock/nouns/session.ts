import { ME, type Route } from '../world.ts';

export const sessionRoutes = (): Route[] => [
  ['GET', /^\/me$/, () => ME],
  ['GET', /^\/setup$/, () => ({ needed: false })],
  ['GET', /^\/version$/, () => ({ version: '0.1.0', build: null })],
  ['POST', /^\/session\/password$/, () => null],
  ['GET', /^\/watches$/, () => ({ items: [] })],
  [
    'GET',
    /^\/sessions$/,
    () => ({
      items: [
        {
          id: 'ses_1',
          created_at: 1,
          last_seen_at: Date.now(),
          expires_at: 9,
          ip: '10.0.0.4',
          user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0',
          current: true,
        },
      ],
    }),
  ],
];
