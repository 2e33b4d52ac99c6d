import type { ComponentType } from 'react';
import { t } from '@/i18n/t';
import type { CompliancePageName } from './area-pages';
import type { ComplianceSearch } from './router';

export interface ComplianceProps {
  /** What narrows the page, as it stands in the address. */
  search: ComplianceSearch;
  onSearch: (next: ComplianceSearch) => void;
  may: (permission: string) => boolean;
  onCustomer: (id: string) => void;
  onThread: (conversation: string, message: string) => void;
  /** Opens another page of the area about a number. */
  onNumber: (page: CompliancePageName, number: string) => void;
}

interface Entry {
  title: string;
  load: () => Promise<ComponentType<ComplianceProps>>;
}

/** Each page is its own chunk; what it may show is decided here, from the member's permissions. */
export const COMPLIANCE_PAGES: Record<string, Entry> = {
  hours: {
    title: t.compliance.pages.hours,
    load: async () => (await import('@/features/compliance/WindowMap')).WindowMap,
  },
  gate: {
    title: t.compliance.pages.gate,
    load: async () => {
      const { GatedTexts } = await import('@/features/compliance/GatedTexts');
      return ({ search, onSearch, onThread }) => (
        <GatedTexts
          show={search.show === 'refused' ? 'refused' : 'held'}
          onShow={(show) => onSearch(show === 'held' ? {} : { show })}
          onThread={onThread}
        />
      );
    },
  },
  unsure: {
    title: t.compliance.pages.unsure,
    load: async () => {
      const { UnsureQueue } = await import('@/features/compliance/UnsureQueue');
      return ({ may, onThread }) => <UnsureQueue mayAnswer={may('write')} onThread={onThread} />;
    },
  },
  'opt-outs': {
    title: t.compliance.pages['opt-outs'],
    load: async () => {
      const { OptOuts } = await import('@/features/compliance/OptOuts');
      return ({ may, onCustomer, onThread }) => (
        <OptOuts mayAdd={may('write')} onCustomer={onCustomer} onThread={onThread} />
      );
    },
  },
  consents: {
    title: t.compliance.pages.consents,
    load: async () => {
      const { ConsentLedger } = await import('@/features/compliance/ConsentLedger');
      return ({ search, onSearch, may, onCustomer }) => (
        <ConsentLedger
          number={search.number ?? ''}
          onNumber={(number) => onSearch(number ? { number } : {})}
          mayAdd={may('write')}
          onCustomer={onCustomer}
        />
      );
    },
  },
  imports: {
    title: t.compliance.pages.imports,
    load: async () => (await import('@/features/compliance/Imports')).Imports,
  },
  audit: {
    title: t.compliance.pages.audit,
    load: async () => {
      const { AuditLog } = await import('@/features/compliance/AuditLog');
      return ({ search, onSearch, may }) => (
        <AuditLog filter={search} onFilter={onSearch} mayRead={may('audit_read')} />
      );
    },
  },
  evidence: {
    title: t.compliance.pages.evidence,
    load: async () => {
      const { EvidencePacks } = await import('@/features/compliance/EvidencePacks');
      return ({ search, may }) => (
        <EvidencePacks number={search.number ?? ''} mayRead={may('audit_read')} />
      );
    },
  },
  erasure: {
    title: t.compliance.pages.erasure,
    load: async () => {
      const { Erasures } = await import('@/features/compliance/Erasures');
      return ({ search, onSearch, may }) => (
        <Erasures
          customer={search.customer}
          q={search.q ?? ''}
          onChange={onSearch}
          may={may('privacy')}
        />
      );
    },
  },
  retention: {
    title: t.compliance.pages.retention,
    load: async () => {
      const { RetentionTerms } = await import('@/features/compliance/RetentionTerms');
      return ({ may }) => (
        <RetentionTerms mayRead={may('settings_read')} mayChange={may('settings_write')} />
      );
    },
  },
  rules: {
    title: t.compliance.pages.rules,
    load: async () => {
      const { RulePacks } = await import('@/features/compliance/RulePacks');
      return ({ search, onSearch, may }) => (
        <RulePacks
          mayChange={may('settings_write')}
          pack={search.pack}
          other={search.other}
          q={search.q ?? ''}
          onChange={(next) => onSearch(next)}
        />
      );
    },
  },
};
