import { INBOXES, type Schemas } from '../dataset.ts';
import { newId, type Route, text } from '../world.ts';

const WORDS =
  'I agree to get recurring automated marketing texts from Juniper & Oak at the number I give here. Consent is not a condition of any purchase. Message frequency varies. Message and data rates may apply. Reply HELP for help and STOP to cancel.';

const REGIONS = ['us', 'ca', 'uk', 'eu', 'au'] as const;

const page = (more: Partial<Schemas['OptinPage']>): Schemas['OptinPage'] => ({
  id: 'opt_00000000000000000000000000000001',
  url: 'https://hark.example.com/o/0123456789abcdef0123',
  embed_url: 'https://hark.example.com/o/0123456789abcdef0123/embed',
  inbox_id: INBOXES[0]?.id ?? '',
  title: 'Offers by text',
  intro: 'Early access to sales, a few times a month.',
  contact: '',
  topic: '',
  keyword: 'JOIN',
  region: 'us',
  locale: 'en-US',
  disclosure: WORDS,
  version: 3,
  double_opt_in: true,
  active: true,
  privacy_url: 'https://juniper.example/privacy',
  terms_url: null,
  origins: ['https://juniper.example'],
  signups: 1204,
  created_at: Date.now() - 90 * 86_400_000,
  changed_at: Date.now() - 3 * 86_400_000,
  ...more,
});

const poster = (no: number, name: string, signups: number): Schemas['Poster'] => ({
  id: `pos_${String(no).padStart(32, '0')}`,
  page_id: page({}).id,
  name,
  token: `89abcd0${no}`,
  url: `${page({}).url}?p=89abcd0${no}`,
  signups,
  created_at: Date.now() - no * 86_400_000,
});

export function optinRoutes(): Route[] {
  const pages = [
    page({}),
    page({
      id: 'opt_00000000000000000000000000000002',
      title: 'Summer fair',
      active: false,
      signups: 1,
    }),
  ];
  const posters = [poster(1, 'Till, Harbour Street', 811), poster(2, 'Window', 52)];
  return [
    ['GET', /^\/opt-in-pages$/, () => ({ items: pages })],
    [
      'POST',
      /^\/opt-in-pages$/,
      ({ body }) => {
        const made = page({ ...body, id: newId('opt'), version: 1, signups: 0 });
        pages.push(made);
        return made;
      },
    ],
    [
      'PUT',
      /^\/opt-in-pages\/([^/]+)$/,
      ({ body }, id) => {
        const at = pages.findIndex((one) => one.id === id);
        const changed = page({ ...pages[at], ...body });
        pages[at] = changed;
        return changed;
      },
    ],
    ['GET', /^\/opt-in-pages\/([^/]+)\/posters$/, () => ({ items: posters })],
    [
      'POST',
      /^\/opt-in-pages\/([^/]+)\/posters$/,
      ({ body }) => {
        const made = poster(posters.length + 1, text(body.name), 0);
        posters.push(made);
        return made;
      },
    ],
    [
      'GET',
      /^\/disclosures$/,
      () => ({
        items: REGIONS.map((region) => ({
          region,
          locale: 'en-US',
          text: WORDS,
          needs_contact: region === 'ca',
        })),
      }),
    ],
  ];
}
