import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Shop } from './fixtures';

/** What a provider made here does with a text that is handed to it. */
type Temper = 'takes' | 'hangs up';

export interface Provider {
  /** The inbox whose texts go through it. */
  inbox: string;
  /** The words of each text it was handed, in order. */
  handed: string[];
  become: (temper: Temper) => void;
  stop: () => Promise<void>;
}

const CUSTOMER_MAX = 50;

/**
 * A provider on this machine that reads a text and hangs up without a word, so that nobody knows
 * whether it was taken. The simulated carrier always answers. The server must be allowed to reach this
 * machine (`--provider-reach anywhere`).
 */
export async function startProvider(shop: Shop, customers: readonly string[]): Promise<Provider> {
  if (customers.length > CUSTOMER_MAX) throw new Error('an inbox that is not live has few numbers');
  const handed: string[] = [];
  let temper: Temper = 'takes';
  const server = createServer((request, response) => {
    let form = '';
    request.on('data', (bytes) => {
      form += bytes;
    });
    request.on('end', () => {
      const json = (status: number, body: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(body));
      // A look at what it has: nothing that could be recognised.
      if (request.method === 'GET') return json(200, { messages: [], next_page_uri: null });
      // A connection is warmed before a text is handed over: nothing is in hand yet.
      if (request.method !== 'POST') return response.writeHead(204).end();
      handed.push(new URLSearchParams(form).get('Body') ?? '');
      if (temper === 'hangs up') return request.socket.destroy();
      const sid = `SM${String(handed.length).padStart(32, '0')}`;
      json(201, { sid, status: 'queued', num_segments: '1', error_code: null });
    });
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const { port } = server.address() as AddressInfo;
  const account = await shop.ask<{ id: string }>('POST', 'accounts', {
    provider: 'twilio',
    name: 'Provider',
    settings: {
      account_sid: `AC${'a'.repeat(32)}`,
      auth_token: 'a-token-of-the-journeys',
      api_base_url: `http://127.0.0.1:${port}`,
    },
  });
  const inbox = await shop.ask<{ id: string }>('POST', 'inboxes', {
    account_id: account.id,
    name: 'Provider',
    address: '+15017122661',
    test_numbers: customers,
  });
  return {
    inbox: inbox.id,
    handed,
    become: (next) => {
      temper = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
