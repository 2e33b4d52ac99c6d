import { INBOXES } from '../dataset.ts';
import type { Route } from '../world.ts';
import { joinWordRoutes } from './join-words.ts';

export const accountRoutes = (): Route[] => [
  ...joinWordRoutes(),
  ['GET', /^\/inboxes$/, () => ({ items: INBOXES })],
  [
    'GET',
    /^\/providers$/,
    () => ({
      items: [
        {
          provider: 'simulator',
          title: 'Simulator',
          capabilities: {
            simulated: true,
            media: true,
            receipts: true,
            receive: true,
            idempotency_key: true,
            validity_period: true,
          },
          settings_schema: { type: 'object', properties: {} },
        },
        {
          provider: 'acme',
          title: 'Acme Carrier',
          capabilities: {
            simulated: false,
            media: true,
            receipts: true,
            receive: true,
            idempotency_key: false,
            validity_period: true,
          },
          settings_schema: {
            type: 'object',
            required: ['account_sid', 'auth_token'],
            properties: {
              account_sid: {
                type: 'string',
                title: 'Account id',
                description: 'Stands on the first page of the console.',
              },
              auth_token: { type: 'string', title: 'Secret', writeOnly: true },
              region: { type: 'string', title: 'Region', enum: ['us1', 'ie1'], default: 'us1' },
              smart: { type: 'boolean', title: 'Smart encoding' },
            },
          },
        },
      ],
    }),
  ],
  [
    'GET',
    /^\/accounts$/,
    () => ({
      items: [
        {
          id: 'acc_1',
          name: 'Simulator',
          provider: 'simulator',
          settings: {},
          secrets_set: [],
          created_at: 1,
          disabled_at: null,
          inbound_url: null,
          status_url: null,
        },
        {
          id: 'acc_2',
          name: 'Acme US',
          provider: 'acme',
          settings: { account_sid: 'AC12' },
          secrets_set: ['auth_token'],
          created_at: 1,
          disabled_at: null,
          inbound_url: 'https://hark.example.com/hooks/acme/acc_2/inbound',
          status_url: 'https://hark.example.com/hooks/acme/acc_2/status',
        },
      ],
    }),
  ],
  [
    'POST',
    /^\/accounts\/([^/]+)\/test$/,
    () => ({
      ok: true,
      code: 'ok',
      detail: 'Signed in as Juniper.',
      trials: [
        { code: 'login_works', standing: 'right', detail: 'Signed in as Juniper.' },
        { code: 'address_silent', standing: 'untold', detail: 'Nobody answers, asked from here.' },
      ],
    }),
  ],
];
