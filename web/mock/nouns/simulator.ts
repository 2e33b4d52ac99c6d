import type { Schemas } from '../dataset.ts';
import { type Route, text, type World } from '../world.ts';

export function simulatorRoutes(world: World): Route[] {
  const { data } = world;
  let faults: Schemas['SimulatorFaults'] = {
    carrier_opt_out: false,
    delay_ms: 0,
    disorder_pct: 0,
    double_pct: 0,
    loss_pct: 0,
    receipt_delay_ms: 800,
    reject_code: null,
    throttle_per_second: null,
  };
  const phoneTexts = (number: string): Schemas['SimulatorText'][] =>
    [...data.conversations.values()]
      .filter((item) => item.customer.address === number)
      .flatMap((item) =>
        (data.messages.get(item.id) ?? [])
          .filter(
            (message) =>
              message.kind === 'inbound' ||
              (message.kind === 'outbound' && message.state !== 'queued'),
          )
          .map((message) => ({
            id: message.id,
            at: message.created_at,
            body: message.body,
            media: message.media,
            parts: message.parts,
            direction: message.kind === 'inbound' ? ('from_phone' as const) : ('to_phone' as const),
            inbox_address: item.inbox.address,
          })),
      );

  return [
    ['GET', /^\/simulator\/phones$/, () => ({ items: [] })],
    [
      'GET',
      /^\/simulator\/phones\/([^/]+)$/,
      (_ask, number) => ({ number, texts: phoneTexts(decodeURIComponent(number)) }),
    ],
    [
      'POST',
      /^\/simulator\/texts$/,
      ({ body }) => {
        const id = world.conversationOf(text(body.from), text(body.inbox_id));
        const message = world.append(id, {
          kind: 'inbound',
          state: 'received',
          body: text(body.body),
          author: { type: 'customer', id: null, name: '' },
          purpose: null,
          class: null,
          legal_basis: null,
        });
        return {
          id: message.id,
          at: message.created_at,
          body: message.body,
          media: [],
          parts: 1,
          direction: 'from_phone',
          inbox_address: world.row(id).inbox.address,
        };
      },
    ],
    ['GET', /^\/simulator\/faults$/, () => faults],
    [
      'PUT',
      /^\/simulator\/faults$/,
      ({ body }) => (faults = body as unknown as Schemas['SimulatorFaults']),
    ],
  ];
}
