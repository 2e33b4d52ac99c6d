import type { Permission } from '@/api/session';
import { t } from '@/i18n/t';

/** The pages of the areas by name, in the order of their lists. What each loads stands elsewhere. */
export const COMPLIANCE_GROUPS = [
  { label: t.compliance.groups.now, pages: ['hours', 'gate', 'unsure'] },
  { label: t.compliance.groups.customers, pages: ['opt-outs', 'consents', 'imports'] },
  { label: t.compliance.groups.proof, pages: ['audit', 'evidence'] },
  { label: t.compliance.groups.privacy, pages: ['erasure', 'retention'] },
  { label: t.compliance.groups.law, pages: ['rules'] },
] as const;

export type CompliancePageName = (typeof COMPLIANCE_GROUPS)[number]['pages'][number];

/** What one must be allowed to find more than a refusal on a page; the others are for everyone. */
export const PAGE_NEEDS: Record<'settings' | 'compliance', Record<string, Permission>> = {
  settings: { keys: 'keys_write' },
  compliance: {
    imports: 'settings_read',
    audit: 'audit_read',
    evidence: 'audit_read',
    erasure: 'privacy',
    retention: 'settings_read',
  },
};
