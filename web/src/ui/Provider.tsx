import { CSPProvider } from '@base-ui/react/csp-provider';
import type { ReactNode } from 'react';
import { Toasts } from './Toasts';
import { TooltipLayer } from './Tooltip';

/** What the primitives need around them: no inline style elements, one tooltip, toasts. */
export function Provider({ children }: { children: ReactNode }) {
  return (
    <CSPProvider disableStyleElements>
      {children}
      <TooltipLayer />
      <Toasts />
    </CSPProvider>
  );
}
