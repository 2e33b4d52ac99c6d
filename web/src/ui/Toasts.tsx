import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';

const manager = Toast.createToastManager();

export interface ToastAction {
  label: string;
  run: () => void;
}

/** Says that something happened, with the way back when there is one. */
export function toast(
  text: string,
  options: { action?: ToastAction; tone?: 'plain' | 'bad'; timeout?: number } = {},
) {
  const { action, tone = 'plain', timeout = tone === 'bad' ? 9000 : 5000 } = options;
  const id = manager.add({
    description: text,
    type: tone,
    timeout,
    priority: tone === 'bad' ? 'high' : 'low',
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.run();
            },
          },
        }
      : {}),
  });
  return id;
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      className={cn(
        'float-in pointer-events-auto flex w-full items-center gap-3 rounded-card border border-line bg-raised py-2 ps-3.5 pe-2 shadow-float',
        item.type === 'bad' && 'border-bad',
      )}
    >
      <Toast.Content className="flex min-w-0 flex-1 items-center gap-3">
        <Toast.Description className="min-w-0 flex-1" />
        {item.actionProps ? (
          <Toast.Action className="h-8 shrink-0 rounded-control px-2 font-semibold text-accent hover:bg-sunken max-md:h-11" />
        ) : null}
        <Toast.Close
          aria-label={t.common.dismiss}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-sunken max-md:size-11"
        >
          <X aria-hidden className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="pointer-events-none fixed bottom-4 z-50 flex w-[min(420px,calc(100vw-24px))] flex-col gap-2 max-md:inset-x-3 max-md:bottom-[76px] md:start-[72px]">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
