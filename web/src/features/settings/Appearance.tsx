import { Monitor, Moon, Sun } from 'lucide-react';
import { t } from '@/i18n/t';
import { DENSITIES, useDesk } from '@/lib/desk';
import { useTheme } from '@/lib/theme';
import { Page, Section } from '@/ui/Page';
import { SegmentedControl } from '@/ui/SegmentedControl';

const w = t.settings.appearance;

export function Appearance() {
  const { theme, setTheme } = useTheme();
  const { density, setDensity } = useDesk();
  return (
    <Page title={t.settings.pages.appearance} intro={w.intro}>
      <Section title={w.theme}>
        <SegmentedControl
          label={w.theme}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'system', label: t.nav.theme_system, icon: Monitor },
            { value: 'light', label: t.nav.theme_light, icon: Sun },
            { value: 'dark', label: t.nav.theme_dark, icon: Moon },
          ]}
        />
      </Section>
      <Section title={w.density}>
        <SegmentedControl
          label={w.density}
          value={density}
          onChange={setDensity}
          options={DENSITIES.map((value) => ({ value, label: w.densities[value] }))}
        />
      </Section>
    </Page>
  );
}
