import { MEMBERS } from '../dataset.ts';
import { type Route, text } from '../world.ts';

export const memberRoutes = (): Route[] => [
  [
    'GET',
    /^\/members$/,
    () => ({
      items: MEMBERS.map((member, at) => ({
        ...member,
        email: `${member.name.split(' ')[0]?.toLowerCase()}@example.com`,
        role: at === 0 ? 'owner' : 'agent',
        created_at: 1,
        disabled_at: null,
      })),
    }),
  ],
  [
    'GET',
    /^\/invites$/,
    () => ({
      items: [
        {
          id: 'inv_1',
          email: 'kim@example.com',
          role: 'agent',
          created_at: Date.now(),
          expires_at: Date.now() + 6e8,
        },
      ],
    }),
  ],
  [
    'POST',
    /^\/invites$/,
    () => ({
      id: 'inv_2',
      link: 'https://hark.example.com/invite/4f2c9a7e',
      email_sent: false,
      expires_at: Date.now() + 6e8,
    }),
  ],
  [
    'GET',
    /^\/api-keys$/,
    () => ({
      items: [
        {
          id: 'key_1',
          name: 'Warehouse',
          scopes: ['read', 'send'],
          purpose: 'transactional',
          inbox_id: null,
          created_at: Date.now() - 9e8,
          last_used_at: Date.now() - 4e5,
        },
      ],
    }),
  ],
  [
    'POST',
    /^\/api-keys$/,
    ({ body }) => ({
      key: {
        id: 'key_2',
        name: text(body.name),
        scopes: ['read'],
        purpose: null,
        inbox_id: null,
        created_at: Date.now(),
        last_used_at: null,
      },
      secret: 'hk_01a2b3c4_6f1e9d5c8b7a',
    }),
  ],
];
