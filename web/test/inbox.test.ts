import { describe, expect, it } from 'vitest';
import type { Conversation } from '@/api/conversations';
import type { Message } from '@/api/messages';
import { markedPieces } from '@/features/composer/TextBox';
import { threadRows } from '@/features/conversation/thread-rows';
import { heldOrder } from '@/features/inbox/list-order';
import { snippetPieces } from '@/features/search/snippet';
import { fieldsOf, settingsOf } from '@/features/settings/schema';
import { filterGroups } from '@/ui/Pick';

const rows = (...ids: string[]) => ids.map((id) => ({ id }) as Conversation);

describe('a list that holds still', () => {
  it('keeps every row in its place and counts what came in above', () => {
    const view = heldOrder(['a', 'b', 'c'], rows('new', 'a', 'b', 'c'));
    expect(view.rows.map((row) => row.id)).toEqual(['a', 'b', 'c']);
    expect(view.fresh).toBe(1);
  });

  it('counts a row that moved up once', () => {
    const view = heldOrder(['a', 'b', 'c'], rows('c', 'a', 'b'));
    expect(view.rows.map((row) => row.id)).toEqual(['a', 'b', 'c']);
    expect(view.fresh).toBe(1);
  });

  it('drops what left and appends older pages at once', () => {
    const view = heldOrder(['a', 'b', 'c'], rows('a', 'c', 'd', 'e'));
    expect(view.rows.map((row) => row.id)).toEqual(['a', 'c', 'd', 'e']);
    expect(view.fresh).toBe(0);
  });
});

describe('the lines of a thread', () => {
  const HOUR = 3_600_000;
  const noon = new Date(2026, 2, 6, 12).getTime();
  const message = (seq: number, patch: Partial<Message>) =>
    ({
      id: `m${seq}`,
      seq,
      kind: 'inbound',
      body: '',
      author: { type: 'customer', id: 'c', name: '' },
      created_at: noon,
      ...patch,
    }) as Message;

  it('marks each day once', () => {
    const lines = threadRows(
      [message(1, { created_at: noon - 24 * HOUR }), message(2, {}), message(3, {})],
      [],
      3,
    );
    expect(lines.map((line) => line.type)).toEqual(['day', 'message', 'day', 'message', 'message']);
  });

  it('knows which text has been sent again', () => {
    const lines = threadRows(
      [message(1, { kind: 'outbound' }), message(2, { kind: 'outbound', retry_of: 'm1' })],
      [],
      2,
    );
    const retried = lines.flatMap((line) => (line.type === 'message' ? [line.retried] : []));
    expect(retried).toEqual([true, false]);
  });

  it('marks the first unread text of the customer, not of the team', () => {
    const lines = threadRows(
      [message(1, {}), message(2, { kind: 'outbound' }), message(3, {}), message(4, {})],
      [],
      1,
    );
    expect(lines.findIndex((line) => line.type === 'unread')).toBe(3);
    expect(lines.filter((line) => line.type === 'unread')).toHaveLength(1);
  });

  it('has no mark while it is not known how far it was read', () => {
    expect(threadRows([message(1, {})], [], undefined).some((line) => line.type === 'unread')).toBe(
      false,
    );
  });

  it('joins texts of one sender into a block', () => {
    const lines = threadRows(
      [message(1, {}), message(2, {}), message(3, { created_at: noon + HOUR })],
      [],
      9,
    );
    const blocks = lines.flatMap((line) =>
      line.type === 'message' ? [[line.first, line.last]] : [],
    );
    expect(blocks).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('says the state of each text that stands elsewhere than the last of its block', () => {
    const sent = (seq: number, state: Message['state'], patch: Partial<Message> = {}) =>
      message(seq, {
        kind: 'outbound',
        author: { type: 'member', id: 'm', name: 'Maya' },
        state,
        ...patch,
      });
    const lines = threadRows(
      [
        sent(1, 'sent'),
        sent(2, 'accepted'),
        sent(3, 'delivered'),
        sent(4, 'delivered'),
        sent(5, 'sent', { created_at: noon + HOUR }),
        sent(6, 'sent', { created_at: noon + HOUR }),
      ],
      [],
      9,
    );
    const stated = lines.flatMap((line) => (line.type === 'message' ? [line.stated] : []));
    expect(stated).toEqual([true, true, false, true, false, true]);
  });

  it('shows an outgoing text until its own id has arrived', () => {
    const item = { id: 'm2', kind: 'text' as const, body: 'x', media: [], at: noon };
    expect(threadRows([message(1, {})], [item], 1).at(-1)?.type).toBe('outgoing');
    expect(
      threadRows([message(1, {}), message(2, {})], [item], 1).some(
        (line) => line.type === 'outgoing',
      ),
    ).toBe(false);
  });
});

describe('settings from a schema', () => {
  const schema = {
    required: ['sid', 'secret'],
    properties: {
      sid: { type: 'string', title: 'Account id' },
      secret: { type: 'string', writeOnly: true },
      retries: { type: ['integer', 'null'] },
      region: { enum: ['us', 'ie'] },
      smart: { type: 'boolean' },
      nested: { type: 'object' },
    },
  };
  it('reads kinds and secrets', () => {
    expect(fieldsOf(schema).map((field) => `${field.name}:${field.kind}:${field.secret}`)).toEqual([
      'sid:text:false',
      'secret:text:true',
      'retries:number:false',
      'region:choice:false',
      'smart:boolean:false',
    ]);
  });
  it('leaves an empty secret out, so that the kept one stays', () => {
    const values: Record<string, string> = {
      sid: 'A1',
      secret: '',
      retries: '3',
      region: 'ie',
      smart: 'on',
    };
    expect(settingsOf(schema, (name) => values[name] ?? '')).toEqual({
      sid: 'A1',
      retries: 3,
      region: 'ie',
      smart: true,
    });
  });
  it('survives what is no schema', () => {
    expect(fieldsOf(null)).toEqual([]);
    expect(fieldsOf({ properties: { a: 1 } })).toHaveLength(1);
  });
});

describe('words on screen', () => {
  it('marks characters and loses none', () => {
    const pieces = markedPieces('it’s 😞!', new Set(['’', '😞']));
    expect(pieces.map((piece) => piece.text).join('')).toBe('it’s 😞!');
    expect(pieces.filter((piece) => piece.marked).map((piece) => piece.text)).toEqual(['’', '😞']);
  });
  it('finds words in a snippet without reading markup or patterns', () => {
    expect(
      snippetPieces('a <mark>mug</mark> (broken)', 'mug (').filter((piece) => piece.found),
    ).toEqual([{ text: 'mug', found: true }]);
  });
  it('filters the palette by every word, those that start with it first', () => {
    const groups = [
      {
        label: 'g',
        items: [
          { id: '1', label: 'Reopen' },
          { id: '2', label: 'Open mine' },
          { id: '3', label: 'Send' },
        ],
      },
    ];
    expect(filterGroups(groups, 'open')[0]?.items.map((item) => item.id)).toEqual(['2', '1']);
    expect(filterGroups(groups, 'nothing')).toEqual([]);
  });
});
