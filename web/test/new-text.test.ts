import { beforeEach, describe, expect, it } from 'vitest';
import { useNewTexts } from '@/features/composer/new-text-draft';

const { begin, change, end } = useNewTexts.getState();
const of = (owner: string) => useNewTexts.getState().by[owner];
/** As after a reload: only what the browser keeps is left. */
const reload = () => useNewTexts.setState({ by: {} });

beforeEach(() => {
  localStorage.clear();
  reload();
});

describe('a new text', () => {
  it('is there after a reload, under the id it began with', () => {
    begin('ws.maya');
    const id = of('ws.maya')?.id;
    change('ws.maya', { body: 'Ready', recipient: { address: '+1', name: '', known: false } });
    reload();
    begin('ws.maya');
    expect(of('ws.maya')).toMatchObject({ id, body: 'Ready', recipient: { address: '+1' } });
  });

  it('is nobody else’s', () => {
    change('ws.maya', { body: 'Ready' });
    begin('ws.sam');
    expect(of('ws.sam')?.body).toBe('');
  });

  it('begins anew under another id once sent or thrown away', () => {
    change('ws.maya', { body: 'Ready' });
    const id = of('ws.maya')?.id;
    end('ws.maya');
    reload();
    begin('ws.maya');
    expect(of('ws.maya')?.body).toBe('');
    expect(of('ws.maya')?.id).not.toBe(id);
  });

  it('leaves nothing behind when emptied by hand', () => {
    change('ws.maya', { body: 'Ready' });
    change('ws.maya', { body: '' });
    expect(localStorage.length).toBe(0);
  });

  it('does not trip over what an older version kept', () => {
    localStorage.setItem('hark.new-text.ws.maya', '{"body":"old"}');
    begin('ws.maya');
    expect(of('ws.maya')?.body).toBe('');
  });
});
