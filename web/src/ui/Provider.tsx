import { CSPProvider } from '@base-ui/react/csp-provider';
import type { ReactNode } from 'react';
import { Toasts } from './Toasts';
import { TooltipProvider } from './Tooltip';

/** What the primitives need around them: no inline style elements, shared tooltip delay, toasts. */
export function Provider({ children }: { children: ReactNode }) {
  return (
    <CSPProvider disableStyleElements>
      <TooltipProvider delay={500}>
        <Toasts>{children}</Toasts>
      </TooltipProvider>
    </CSPProvider>
  );
}
