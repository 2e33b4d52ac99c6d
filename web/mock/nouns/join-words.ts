import { INBOXES, type Schemas } from '../dataset.ts';
import { newId, type Route, text } from '../world.ts';

const BRAND = 'Juniper & Oak';

const of = (id: string, inbox_id: string, body: Record<string, unknown>): Schemas['JoinWord'] => ({
  id,
  inbox_id,
  word: text(body.word),
  topic: text(body.topic),
  double_opt_in: body.double_opt_in === true,
  locale: text(body.locale) || 'en-US',
  programme: text(body.programme),
  frequency: text(body.frequency),
  disclosure: text(body.disclosure),
  disclosure_version: 1,
  confirmation: text(body.confirmation),
  welcome: text(body.welcome),
  created_at: Date.now(),
  changed_at: Date.now(),
});

/** Join keywords, enough to look at the page; what a keyword may be is the server's to say. */
export function joinWordRoutes(): Route[] {
  let words = [
    of(newId('join'), INBOXES[0]?.id ?? '', {
      word: 'VIP',
      double_opt_in: true,
      programme: 'weekly offers',
      frequency: 'Up to 4 msgs/month',
      disclosure: `Text VIP to get recurring automated marketing texts from ${BRAND}. Consent is not a condition of purchase. Msg & data rates may apply. Reply HELP for help, STOP to cancel.`,
    }),
  ];
  const find = (id: string) => words.find((word) => word.id === id);
  return [
    [
      'GET',
      /^\/inboxes\/([^/]+)\/join-words$/,
      (_, id) => ({ items: words.filter(({ inbox_id }) => inbox_id === id) }),
    ],
    [
      'POST',
      /^\/inboxes\/([^/]+)\/join-words$/,
      ({ body }, id) => {
        const word = of(newId('join'), id, body);
        words.push(word);
        return word;
      },
    ],
    [
      'POST',
      /^\/inboxes\/[^/]+\/join-words\/preview$/,
      ({ body }): Schemas['JoinWordPreview'] => {
        const end = `${text(body.programme)}. ${text(body.frequency)}. Msg & data rates may apply. Reply HELP for help, STOP to cancel.`;
        const reserved = /^(stop|help|start|yes)$/i.test(text(body.word));
        const own = text(body.confirmation);
        const fees = {
          code: 'fees_missing',
          detail: 'It does not say that carriers may charge for texts.',
          fix: 'Add "Msg & data rates may apply."',
        };
        return {
          request: body.double_opt_in ? `${BRAND}: Reply YES within 24h to get ${end}` : null,
          confirmation:
            `${own || `${BRAND}: You're in! You will get ${end}`} ${text(body.welcome)}`.trim(),
          confirmation_parts: 1,
          faults: reserved
            ? [
                {
                  field: 'word',
                  code: 'keyword_reserved',
                  detail:
                    'Customers who text it ask for something else: to stop, to start again, or help.',
                },
              ]
            : [],
          confirmation_findings: own && !/rates/i.test(own) ? [fees] : [],
          disclosure_findings: /rates/i.test(text(body.disclosure)) ? [] : [fees],
        };
      },
    ],
    [
      'PATCH',
      /^\/inboxes\/[^/]+\/join-words\/([^/]+)$/,
      ({ body }, id) => {
        const word = find(id);
        if (!word) return undefined;
        if (text(body.disclosure) !== word.disclosure) word.disclosure_version += 1;
        return Object.assign(word, body);
      },
    ],
    [
      'DELETE',
      /^\/inboxes\/[^/]+\/join-words\/([^/]+)$/,
      (_, id) => {
        words = words.filter((word) => word.id !== id);
        return null;
      },
    ],
  ];
}
