import { describe, expect, it } from 'vitest';
import {
  belongs,
  type Conversation,
  compareRows,
  type ListFilter,
  placeRow,
} from '@/api/conversations';
import { EventParser, type StreamEvent } from '@/api/live/event-stream';
import { type Change, planChanges, readChange } from '@/api/live/plan';
import type { Message } from '@/api/messages';
import { mergeMessages, takeInto } from '@/api/threads';

function row(id: string, patch: Partial<Conversation> = {}): Conversation {
  return {
    id,
    customer: { id: `cus_${id}`, name: id, address: '+14155550100' },
    inbox: { id: 'inb_1', name: 'Support', address: '+14155550199' },
    status: 'open',
    assignee: null,
    preview: '',
    last_direction: 'inbound',
    last_at: 0,
    waiting_since: null,
    unread: false,
    snoozed_until: null,
    complaint_since: null,
    has_failed: false,
    opted_out: false,
    draft: false,
    last_seq: 1,
    ...patch,
  };
}

const all: ListFilter = { view: 'all', sort: 'newest' };
const ids = (pages: { pages: { items: Conversation[] }[] }) =>
  pages.pages.flatMap((page) => page.items.map((item) => item.id));

describe('placing a changed row', () => {
  const pages = {
    pages: [
      { items: [row('a', { last_at: 9 }), row('b', { last_at: 7 })], next_cursor: 'x' },
      { items: [row('c', { last_at: 5 }), row('d', { last_at: 3 })], next_cursor: 'y' },
    ],
    pageParams: [undefined, 'x'],
  };

  it('moves it to where its time puts it', () => {
    expect(ids(placeRow(pages, all, row('d', { last_at: 8 }), undefined))).toEqual([
      'a',
      'd',
      'b',
      'c',
    ]);
  });

  it('takes it out of a view it left', () => {
    expect(ids(placeRow(pages, all, row('b', { status: 'closed' }), undefined))).toEqual([
      'a',
      'c',
      'd',
    ]);
  });

  it('leaves what lies beyond the loaded part to the server', () => {
    expect(ids(placeRow(pages, all, row('e', { last_at: 1 }), undefined))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('appends at the very end when everything is loaded', () => {
    const whole = { ...pages, pages: [{ items: pages.pages[0]?.items ?? [], next_cursor: null }] };
    expect(ids(placeRow(whole, all, row('e', { last_at: 1 }), undefined))).toEqual(['a', 'b', 'e']);
  });

  it('changes nothing, not even identity, for a stranger', () => {
    expect(placeRow(pages, { ...all, view: 'closed' }, row('z'), undefined)).toBe(pages);
  });

  it('knows mine from others', () => {
    const mine = row('m', { assignee: { id: 'mem_1', name: 'Maya' } });
    expect(belongs({ ...all, view: 'mine' }, mine, 'mem_1')).toBe(true);
    expect(belongs({ ...all, view: 'mine' }, mine, 'mem_2')).toBe(false);
    expect(belongs({ ...all, view: 'mine' }, row('n'), undefined)).toBe(false);
    expect(belongs({ ...all, view: 'unassigned' }, mine, 'mem_1')).toBe(false);
    expect(belongs({ ...all, inbox: 'inb_2' }, mine, 'mem_1')).toBe(false);
  });

  it('puts the longest waiting first in its view', () => {
    const filter: ListFilter = { view: 'waiting', sort: 'newest' };
    expect(
      compareRows(filter, row('a', { waiting_since: 1 }), row('b', { waiting_since: 2 })),
    ).toBeLessThan(0);
  });
});

const change = (kind: string, more: Partial<Change> = {}): Change => ({
  kind,
  conversation_id: null,
  subject: null,
  data: {},
  ...more,
});

describe('a batch of changes', () => {
  it('asks for each conversation and message once', () => {
    const sent = change('message.state', {
      conversation_id: 'conv_1',
      subject: 'msg_1',
      data: { state: 'sent' },
    });
    const plan = planChanges([
      sent,
      sent,
      change('message.created', { conversation_id: 'conv_2', subject: 'msg_2' }),
      change('message.state', { conversation_id: 'conv_3', data: { state: 'undelivered' } }),
      change('customer.consent', { conversation_id: 'conv_2', subject: 'cus_2' }),
      change('sending.changed'),
    ]);
    expect([...plan.moved]).toEqual(['conv_2', 'conv_3']);
    expect([...plan.touched]).toEqual(['conv_1']);
    expect([...plan.states]).toEqual([['msg_1', 'conv_1']]);
    expect([...plan.created]).toEqual([['conv_2', new Set(['msg_2'])]]);
    expect([...plan.consents]).toEqual(['conv_2']);
    expect([...plan.nouns]).toEqual(['sending']);
  });

  it('asks anew what may be sent where somebody said whether a text asked to stop', () => {
    const about = { conversation_id: 'conv_1', subject: 'msg_1' };
    for (const kind of ['unsure_text.created', 'unsure_text.answered']) {
      const plan = planChanges([change(kind, about)]);
      expect([...plan.consents]).toEqual(['conv_1']);
      expect([...plan.created]).toEqual([]);
    }
  });

  it('reads what the stream sends, and nothing else', () => {
    expect(
      readChange(
        '{"kind":"message.created","conversation_id":"conv_1","subject":"msg_1","data":{"seq":7,"state":"received"}}',
      ),
    ).toEqual({
      kind: 'message.created',
      conversation_id: 'conv_1',
      subject: 'msg_1',
      data: { seq: 7, state: 'received' },
    });
    expect(readChange('{"kind":"inbox.changed","conversation_id":7,"data":null}')).toEqual(
      change('inbox.changed'),
    );
    for (const odd of ['', 'null', '[]', '{"kin":1}', '{']) expect(readChange(odd)).toBeNull();
  });
});

describe('the event stream', () => {
  const parse = (...chunks: string[]) => {
    const events: StreamEvent[] = [];
    const parser = new EventParser((event) => events.push(event));
    for (const chunk of chunks) parser.push(chunk);
    return events;
  };

  it('reads events however the bytes were cut', () => {
    const text =
      ': 41\n\nevent: change\nid: 42\ndata: {"kind":"a"}\n\nevent: reset\nid: 43\ndata:\n\n';
    const whole = parse(text);
    expect(whole).toEqual([
      { name: 'change', id: '42', data: '{"kind":"a"}' },
      { name: 'reset', id: '43', data: '' },
    ]);
    for (let at = 1; at < text.length; at += 1)
      expect(parse(text.slice(0, at), text.slice(at))).toEqual(whole);
  });

  it('joins lines of data and takes carriage returns', () => {
    expect(parse('data: a\r\ndata: b\r\n\r\n')).toEqual([
      { name: 'message', id: '', data: 'a\nb' },
    ]);
  });

  it('says nothing before the empty line', () => {
    expect(parse('event: change\ndata: 1\n')).toEqual([]);
  });
});

describe('merging messages', () => {
  const message = (id: string, seq: number, state_at: number, state: Message['state']) =>
    ({ id, seq, state_at, state }) as Message;

  it('keeps order and lets the later state win', () => {
    const merged = mergeMessages(
      [message('a', 1, 10, 'delivered'), message('c', 3, 1, 'queued')],
      [message('b', 2, 1, 'sent'), message('a', 1, 5, 'sent'), message('c', 3, 2, 'sent')],
    );
    expect(merged.map((item) => `${item.id}:${item.state}`)).toEqual([
      'a:delivered',
      'b:sent',
      'c:sent',
    ]);
  });

  it('leaves out what would hide a gap below a stretch of the past', () => {
    const past = {
      items: [message('a', 11, 1, 'sent'), message('b', 12, 1, 'sent')],
      hasOlder: true,
      hasNewer: true,
    };
    const fresh = [message('z', 90, 5, 'queued'), message('b', 12, 5, 'delivered')];
    const seqs = (thread: typeof past) => thread.items.map((item) => `${item.seq}:${item.state}`);
    expect(seqs(takeInto(past, fresh))).toEqual(['11:sent', '12:delivered']);
    expect(takeInto(past, fresh.slice(0, 1))).toBe(past);
    expect(seqs(takeInto({ ...past, hasNewer: false }, fresh))).toEqual([
      '11:sent',
      '12:delivered',
      '90:queued',
    ]);
  });
});
