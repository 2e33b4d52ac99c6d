import { t } from '@/i18n/t';

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
