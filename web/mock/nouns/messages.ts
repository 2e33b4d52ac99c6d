import type { Schemas } from '../dataset.ts';
import { DECISION, newId, type Route, text, type World } from '../world.ts';

/** The words "blocked" and "tonight" stand in for a gate: one refuses, one holds. */
function decide(body: string): Schemas['Decision'] {
  if (/blocked/.test(body)) {
    return {
      ...DECISION,
      verdict: 'refuse',
      code: 'opted_out',
      detail: 'Ava texted STOP on 12 Mar. You can’t text her unless she texts START.',
    };
  }
  if (/tonight/.test(body)) {
    return {
      ...DECISION,
      verdict: 'hold',
      code: 'quiet_hours',
      detail: 'Held until 8:00 AM Florida time. Quiet hours there start at 8 PM.',
      until: Date.now() + 9 * 3_600_000,
    };
  }
  return DECISION;
}

function preview(body: string): Schemas['TextPreview'] {
  const odd = [...body]
    .map((char, index) => ({ char, index }))
    .filter(({ char }) => /[^\x20-\x7e\n]/.test(char));
  const per = odd.length > 0 ? 70 : 160;
  const parts = Math.max(1, Math.ceil(body.length / per));
  const smart = body.replaceAll('’', "'").replaceAll('…', '...');
  return {
    decision: decide(body),
    encoding: odd.length > 0 ? 'ucs2' : 'gsm7',
    parts,
    per_part: per,
    units: body.length,
    remaining: parts * per - body.length,
    non_gsm: odd.map(({ char, index }) => ({
      char,
      index,
      replacement: char === '’' ? "'" : null,
    })),
    smart:
      smart !== body ? { body: smart, parts: Math.max(1, Math.ceil(smart.length / 160)) } : null,
  };
}

/** A picture for every upload: the mock keeps no files. */
const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#7a9e87"/><circle cx="320" cy="240" r="120" fill="#f1e9d2"/></svg>',
)}`;

export function messageRoutes(world: World): Route[] {
  const uploads = new Map<string, Schemas['Media']>();
  const all = () => [...world.data.messages.values()].flat();
  return [
    [
      'GET',
      /^\/conversations\/([^/]+)\/messages$/,
      ({ query }, id) => {
        const list = world.data.messages.get(id) ?? [];
        const after = query.get('after_seq');
        const before = query.get('before_seq');
        const limit = Number(query.get('limit') ?? 50);
        if (after) {
          const part = list.filter((item) => item.seq > Number(after));
          return { items: part.slice(0, limit), has_more: part.length > limit };
        }
        const part = before ? list.filter((item) => item.seq < Number(before)) : list;
        return { items: part.slice(-limit), has_more: part.length > limit };
      },
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/messages$/,
      ({ body }, id) => {
        const media = (Array.isArray(body.media_ids) ? body.media_ids : []).flatMap(
          (one) => uploads.get(text(one)) ?? [],
        );
        const message = world.append(id, {
          id: text(body.message_id),
          body: text(body.body),
          media,
        });
        world.settle(message, 'sent', 500);
        world.settle(message, 'delivered', 1500);
        if (body.close) world.change(id, { status: 'closed' });
        return { message, decision: DECISION };
      },
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/notes$/,
      ({ body }, id) =>
        world.append(id, {
          id: text(body.message_id),
          kind: 'note',
          state: 'noted',
          body: text(body.body),
          parts: 0,
        }),
    ],
    ['GET', /^\/messages\/([^/]+)$/, (_ask, id) => all().find((item) => item.id === id)],
    ['POST', /^\/messages\/([^/]+)\/try-now$/, (_ask, id) => all().find((item) => item.id === id)],
    ['POST', /^\/text-preview$/, ({ body }) => preview(text(body.body))],
    [
      'POST',
      /^\/media$/,
      () => {
        const media: Schemas['Media'] = {
          id: newId('med'),
          content_type: 'image/svg+xml',
          bytes: PICTURE.length,
          width: 640,
          height: 480,
          url: PICTURE,
        };
        uploads.set(media.id, media);
        return media;
      },
    ],
    [
      'GET',
      /^\/search$/,
      ({ query }) => {
        const q = (query.get('q') ?? '').toLowerCase();
        return {
          items: all()
            .filter((item) => item.body.toLowerCase().includes(q))
            .slice(0, 30)
            .map((item) => ({
              at: item.created_at,
              conversation_id: item.conversation_id,
              customer: world.row(item.conversation_id).customer,
              message_id: item.id,
              seq: item.seq,
              snippet: item.body,
            })),
          next_cursor: null,
          customers: [...world.data.customers.values()]
            .filter((item) =>
              `${item.name} ${item.addresses[0]?.address}`.toLowerCase().includes(q),
            )
            .slice(0, 10),
        };
      },
    ],
  ];
}
