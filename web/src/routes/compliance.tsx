import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { unsureTextsQuery } from '@/api/consents';
import { meQuery } from '@/api/session';
import { t } from '@/i18n/t';
import { useIsPhone, useTitle } from '@/lib/hooks';
import { Button } from '@/ui/Button';
import { PageNav } from '@/ui/PageNav';
import { SkeletonRows } from '@/ui/States';
import { COMPLIANCE_GROUPS } from './area-pages';
import { COMPLIANCE_PAGES } from './compliance-pages';
import { NotFound } from './Fallbacks';
import type { ComplianceSearch } from './router';
import { usePart } from './use-part';

export function ComplianceScreen() {
  const navigate = useNavigate();
  const { page } = useParams({ strict: false });
  const phone = useIsPhone();
  const unsure = useQuery(unsureTextsQuery).data?.items.length ?? 0;
  const groups = COMPLIANCE_GROUPS.map(({ label, pages }) => ({
    label,
    pages: pages.map((name) => ({
      name,
      label: t.compliance.pages[name],
      ...(name === 'unsure' ? { badge: unsure } : {}),
    })),
  }));
  return (
    <div className="flex h-full min-h-0">
      <PageNav
        label={t.compliance.nav}
        title={t.compliance.title}
        groups={groups}
        active={page ?? (phone ? undefined : 'hours')}
        onOpen={(next) =>
          void navigate({ to: '/compliance/$page', params: { page: next }, search: {} })
        }
      />
      <Outlet />
    </div>
  );
}

const NOTHING: ComplianceSearch = {};

/** On a desk the hours stand open beside the list of pages. */
export function ComplianceHome() {
  const phone = useIsPhone();
  useTitle(`${t.compliance.title} · ${t.common.app}`);
  return phone ? null : (
    <div className="min-w-0 flex-1">
      <Shown name="hours" search={NOTHING} onSearch={() => {}} />
    </div>
  );
}

const route = getRouteApi('/shell/compliance/$page');

export function CompliancePage() {
  const { page } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <div className="border-line border-b bg-surface p-1 md:hidden">
        <Button tone="quiet" icon={ArrowLeft} onClick={() => void navigate({ to: '/compliance' })}>
          {t.compliance.title}
        </Button>
      </div>
      <div className="min-h-0 flex-1">
        <Shown
          key={page}
          name={page}
          search={search}
          onSearch={(next) =>
            void navigate({
              to: '/compliance/$page',
              params: { page },
              search: next,
              replace: true,
            })
          }
        />
      </div>
    </div>
  );
}

function Shown({
  name,
  search,
  onSearch,
}: {
  name: string;
  search: ComplianceSearch;
  onSearch: (next: ComplianceSearch) => void;
}) {
  const me = useSuspenseQuery(meQuery).data;
  const navigate = useNavigate();
  const entry = COMPLIANCE_PAGES[name];
  const Part = usePart(entry);
  useTitle(`${entry?.title ?? t.compliance.title} · ${t.common.app}`);
  if (!entry) return <NotFound />;
  if (!Part) return <SkeletonRows rows={6} />;
  return (
    <Part
      search={search}
      onSearch={onSearch}
      may={(permission) => me.permissions.some((item) => item === permission)}
      onCustomer={(customer) => void navigate({ to: '/customers/$customer', params: { customer } })}
      onThread={(conversation, message) =>
        void navigate({ to: '/inbox/$conversation', params: { conversation }, search: { message } })
      }
      onNumber={(page, number) =>
        void navigate({ to: '/compliance/$page', params: { page }, search: { number } })
      }
    />
  );
}
