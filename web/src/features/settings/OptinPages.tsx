import { useQuery } from '@tanstack/react-query';
import { Download, ExternalLink, FileCheck2, Plus } from 'lucide-react';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { addPoster, codeUrl, type OptinPage, optinPagesQuery, postersQuery } from '@/api/optin';
import { t } from '@/i18n/t';
import { Loaded } from '@/lib/QueryStates';
import { Badge } from '@/ui/Badge';
import { Button, buttonClass } from '@/ui/Button';
import { CopyField } from '@/ui/CopyField';
import { TextField } from '@/ui/Field';
import { Rows } from '@/ui/Page';
import { SegmentedControl } from '@/ui/SegmentedControl';
import { DialogOf, ListPage, Named } from './ListPage';
import { OptinPageForm } from './OptinPageForm';

const w = t.settings.optin;

/** Pages where customers agree to texts, with what leads to them. */
export function OptinPages({ mayChange }: { mayChange: boolean }) {
  const pages = useQuery(optinPagesQuery);
  const [editing, setEditing] = useState<OptinPage | 'new' | null>(null);
  const [printing, setPrinting] = useState<OptinPage | null>(null);
  return (
    <ListPage
      title={t.settings.pages.optin}
      intro={w.intro}
      add={mayChange ? { icon: Plus, label: w.add, onClick: () => setEditing('new') } : null}
      query={pages}
      empty={{ icon: FileCheck2, title: w.empty, detail: w.empty_detail }}
      row={(page) => (
        <>
          <Named name={page.title} detail={w.signups(page.signups)} />
          {page.active ? <Badge tone="ok">{w.on}</Badge> : <Badge tone="warn">{w.off}</Badge>}
          {page.active ? (
            <a
              href={new URL(page.url).pathname}
              target="_blank"
              rel="noreferrer"
              aria-label={w.open_of(page.title)}
              className={buttonClass({ size: 'sm' })}
            >
              <ExternalLink aria-hidden className="size-4" />
              {w.open}
            </a>
          ) : null}
          <Button size="sm" onClick={() => setPrinting(page)} aria-label={w.codes_of(page.title)}>
            {w.codes}
          </Button>
          {mayChange ? (
            <Button
              size="sm"
              onClick={() => setEditing(page)}
              aria-label={w.configure_of(page.title)}
            >
              {w.configure}
            </Button>
          ) : null}
        </>
      )}
    >
      <DialogOf
        item={editing}
        title={(item) => (item === 'new' || item === null ? w.add_title : item.title)}
        onClose={() => setEditing(null)}
      >
        {(item) => (
          <OptinPageForm page={item === 'new' ? null : item} onDone={() => setEditing(null)} />
        )}
      </DialogOf>
      <DialogOf
        item={printing}
        title={(item) => w.codes_title(item?.title ?? '')}
        onClose={() => setPrinting(null)}
      >
        {(item) => <Codes page={item} mayChange={mayChange} />}
      </DialogOf>
    </ListPage>
  );
}

function Codes({ page, mayChange }: { page: OptinPage; mayChange: boolean }) {
  const posters = useQuery(postersQuery(page.id));
  const [leadsTo, setLeadsTo] = useState<'page' | 'text'>('page');
  return (
    <div className="flex flex-col gap-4">
      <CopyField label={w.url} value={page.url} />
      <CopyField
        label={w.embed}
        hint={page.origins.length > 0 ? w.embed_hint : w.embed_none}
        value={`<iframe src="${page.embed_url}" title="${page.title.replaceAll('"', '&quot;')}" width="100%" height="560" style="border:0"></iframe>`}
      />
      {page.keyword ? (
        <SegmentedControl
          label={w.leads_to}
          value={leadsTo}
          onChange={(value) => setLeadsTo(value)}
          options={[
            { value: 'page', label: w.leads_to_page },
            { value: 'text', label: w.leads_to_text(page.keyword) },
          ]}
        />
      ) : null}
      <Files page={page.id} name={page.title} leadsTo={leadsTo} />
      <h3 className="font-semibold">{w.posters}</h3>
      <Loaded query={posters}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted">{w.posters_none}</p>
          ) : (
            <Rows>
              {items.map((poster) => (
                <li key={poster.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
                  <Named name={poster.name} detail={w.signups(poster.signups)} />
                  <Files
                    page={page.id}
                    name={poster.name}
                    leadsTo={leadsTo}
                    poster={poster.token}
                  />
                </li>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {mayChange ? <PosterForm page={page.id} /> : null}
    </div>
  );
}

function Files(props: {
  page: string;
  name: string;
  leadsTo: 'page' | 'text';
  poster?: string | undefined;
}) {
  return (
    <div className="flex flex-wrap gap-2">
      {(['pdf', 'svg', 'png'] as const).map((format) => (
        <a
          key={format}
          href={codeUrl(props.page, format, props.leadsTo, props.poster)}
          download={`${format === 'pdf' ? 'poster' : 'code'}.${format}`}
          aria-label={w.file_of(w.files[format], props.name)}
          className={buttonClass({ size: 'sm' })}
        >
          <Download aria-hidden className="size-4" />
          {w.files[format]}
        </a>
      ))}
    </div>
  );
}

function PosterForm({ page }: { page: string }) {
  const [made, setMade] = useState(0);
  const form = useForm(async (value) => {
    await addPoster(page, value('name').trim());
    setMade((count) => count + 1);
  });
  return (
    <form key={made} onSubmit={form.onSubmit} className="flex flex-wrap items-end gap-2">
      <TextField
        className="min-w-40 flex-1"
        label={w.poster_name}
        name="name"
        required
        maxLength={80}
        placeholder={w.poster_placeholder}
        error={form.field('name') ?? form.error ?? undefined}
      />
      <Button type="submit" className="h-9 max-md:h-11" busy={form.busy}>
        {w.poster_add}
      </Button>
    </form>
  );
}
