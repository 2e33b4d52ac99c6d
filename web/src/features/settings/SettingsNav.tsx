import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { PageNav } from '@/ui/PageNav';

export const SETTINGS_GROUPS = [
  { label: t.settings.groups.shop, pages: ['workspace', 'demo'] },
  {
    label: t.settings.groups.sending,
    pages: ['inboxes', 'join-words', 'optin', 'accounts', 'sending'],
  },
  { label: t.settings.groups.team, pages: ['members', 'keys'] },
  { label: t.settings.groups.you, pages: ['appearance', 'keyboard', 'sessions'] },
] as const;

export type SettingsPageName = (typeof SETTINGS_GROUPS)[number]['pages'][number];

const GROUPS = SETTINGS_GROUPS.map(({ label, pages }) => ({
  label,
  pages: pages.map((name: SettingsPageName) => ({ name, label: t.settings.pages[name] })),
}));

export function SettingsNav(props: {
  active: string | undefined;
  footer: ReactNode;
  onOpen: (page: SettingsPageName) => void;
}) {
  return <PageNav label={t.settings.nav} title={t.settings.title} groups={GROUPS} {...props} />;
}
