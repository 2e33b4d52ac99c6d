import { MEMBERS } from '../dataset.ts';
import { DECISION, type Route, text, type World } from '../world.ts';

const PAGE = 50;

export const conversationRoutes = (world: World): Route[] => [
  [
    'GET',
    /^\/conversation-counts$/,
    () => ({
      mine: world.view('mine').length,
      unassigned: world.view('unassigned').length,
      open: world.view('all').length,
      snoozed: world.view('snoozed').length,
      failed: world.view('failed').length,
      waiting: world.view('waiting').length,
    }),
  ],
  [
    'GET',
    /^\/conversations$/,
    ({ query }) => {
      const sort = query.get('sort');
      const list = world
        .view(query.get('view') ?? 'all')
        .filter((item) => !query.get('inbox_id') || item.inbox.id === query.get('inbox_id'))
        .sort((a, b) =>
          sort === 'oldest'
            ? a.last_at - b.last_at
            : sort === 'waiting'
              ? (a.waiting_since ?? 0) - (b.waiting_since ?? 0)
              : b.last_at - a.last_at,
        );
      const from = Number(query.get('cursor') ?? 0);
      return {
        items: list.slice(from, from + PAGE),
        next_cursor: from + PAGE < list.length ? String(from + PAGE) : null,
      };
    },
  ],
  [
    'POST',
    /^\/conversations$/,
    ({ body }) => {
      const id = world.conversationOf(text(body.to), text(body.inbox_id));
      const message = world.append(id, { id: text(body.message_id), body: text(body.body) });
      return { conversation: world.row(id), message, decision: DECISION };
    },
  ],
  ['GET', /^\/conversations\/([^/]+)$/, (_ask, id) => world.row(id)],
  [
    'POST',
    /^\/conversations\/([^/]+)\/close$/,
    (_ask, id) =>
      world.change(id, { status: 'closed', waiting_since: null, complaint_since: null }),
  ],
  [
    'POST',
    /^\/conversations\/([^/]+)\/complaint$/,
    ({ body }, id) => world.change(id, { complaint_since: body.open ? Date.now() : null }),
  ],
  [
    'POST',
    /^\/conversations\/([^/]+)\/reopen$/,
    (_ask, id) => world.change(id, { status: 'open', snoozed_until: null }),
  ],
  [
    'POST',
    /^\/conversations\/([^/]+)\/snooze$/,
    ({ body }, id) => world.change(id, { status: 'snoozed', snoozed_until: Number(body.until) }),
  ],
  [
    'POST',
    /^\/conversations\/([^/]+)\/assign$/,
    ({ body }, id) =>
      world.change(id, {
        assignee: MEMBERS.find((member) => member.id === body.member_id) ?? null,
      }),
  ],
  [
    'POST',
    /^\/conversations\/([^/]+)\/read$/,
    (_ask, id) => world.change(id, { unread: false, read_seq: world.row(id).last_seq }),
  ],
  ['POST', /^\/conversations\/([^/]+)\/unread$/, (_ask, id) => world.change(id, { unread: true })],
  [
    'GET',
    /^\/conversations\/([^/]+)\/draft$/,
    () => ({ body: 'Let me check with the wareho', revision: 1, updated_at: 1 }),
  ],
  [
    'PUT',
    /^\/conversations\/([^/]+)\/draft$/,
    ({ body }) => ({
      body: text(body.body),
      revision: Number(body.revision),
      updated_at: Date.now(),
    }),
  ],
  ['DELETE', /^\/conversations\/([^/]+)\/draft$/, () => null],
];
