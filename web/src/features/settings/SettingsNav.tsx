import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { PageNav } from '@/ui/PageNav';
import { SETTINGS_GROUPS, type SettingsPageName } from './groups';

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
