import type { ComponentType } from 'react';
import { t } from '@/i18n/t';
import type { SettingsPageProps } from './settings';

interface Entry {
  title: string;
  load: () => Promise<ComponentType<SettingsPageProps>>;
}

/** Each page is its own chunk; what it may show is decided here, from the member's permissions. */
export const SETTINGS_PAGES: Record<string, Entry> = {
  workspace: {
    title: t.settings.pages.workspace,
    load: async () => {
      const { Workspace } = await import('@/features/settings/Workspace');
      return ({ may }) => <Workspace mayChange={may('settings_write')} />;
    },
  },
  demo: {
    title: t.settings.pages.demo,
    load: async () => {
      const { DemoData } = await import('@/features/settings/DemoData');
      return ({ may }) => <DemoData mayChange={may('settings_write')} />;
    },
  },
  inboxes: {
    title: t.settings.pages.inboxes,
    load: async () => {
      const { Inboxes } = await import('@/features/settings/Inboxes');
      return ({ may, onOptOuts }) => (
        <Inboxes mayChange={may('settings_write')} onOptOuts={onOptOuts} />
      );
    },
  },
  'join-words': {
    title: t.settings.pages['join-words'],
    load: async () => {
      const { JoinWords } = await import('@/features/settings/JoinWords');
      return ({ may }) => <JoinWords mayChange={may('settings_write')} />;
    },
  },
  optin: {
    title: t.settings.pages.optin,
    load: async () => {
      const { OptinPages } = await import('@/features/settings/OptinPages');
      return ({ may }) => <OptinPages mayChange={may('settings_write')} />;
    },
  },
  accounts: {
    title: t.settings.pages.accounts,
    load: async () => {
      const { Accounts } = await import('@/features/settings/Accounts');
      return ({ may }) => <Accounts mayChange={may('settings_write')} />;
    },
  },
  sending: {
    title: t.settings.pages.sending,
    load: async () => {
      const { StopSending } = await import('@/features/settings/StopSending');
      return ({ may }) => (
        <StopSending mayStop={may('sending_stop')} mayStopServer={may('server_operate')} />
      );
    },
  },
  members: {
    title: t.settings.pages.members,
    load: async () => {
      const { Members } = await import('@/features/settings/Members');
      return ({ me, may }) => <Members me={me} mayChange={may('members_write')} />;
    },
  },
  keys: {
    title: t.settings.pages.keys,
    load: async () => {
      const { ApiKeys } = await import('@/features/settings/ApiKeys');
      return ({ may }) => <ApiKeys mayChange={may('keys_write')} />;
    },
  },
  appearance: {
    title: t.settings.pages.appearance,
    load: async () => (await import('@/features/settings/Appearance')).Appearance,
  },
  keyboard: {
    title: t.settings.pages.keyboard,
    load: async () => (await import('@/features/settings/Keyboard')).Keyboard,
  },
  sessions: {
    title: t.settings.pages.sessions,
    load: async () => (await import('@/features/settings/Sessions')).Sessions,
  },
};
