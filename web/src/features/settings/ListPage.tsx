import type { UseQueryResult } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorText } from '@/api/errors';
import { Loaded } from '@/lib/QueryStates';
import { Button } from '@/ui/Button';
import { Confirm } from '@/ui/Confirm';
import { Dialog } from '@/ui/Dialog';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty } from '@/ui/States';
import { toast } from '@/ui/Toasts';

/** A settings page that lists things of one kind, with the button that adds one. */
export function ListPage<Item extends { id: string }>({
  title,
  intro,
  add,
  query,
  empty,
  row,
  above,
  children,
}: {
  title: string;
  intro: string;
  /** None for those who may not change anything. */
  add: { icon: LucideIcon; label: string; onClick: () => void } | null;
  query: UseQueryResult<{ items: Item[] }>;
  /** None where there is always one. */
  empty?: { icon: LucideIcon; title: string; detail: string };
  row: (item: Item) => ReactNode;
  /** What chooses which things are listed. */
  above?: ReactNode;
  /** What stands below the list or lies over the page. */
  children?: ReactNode;
}) {
  return (
    <Page
      title={title}
      intro={intro}
      actions={
        add ? (
          <Button tone="primary" icon={add.icon} onClick={add.onClick}>
            {add.label}
          </Button>
        ) : null
      }
    >
      {above}
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 && empty ? (
            <Empty icon={empty.icon} title={empty.title}>
              {empty.detail}
            </Empty>
          ) : (
            <Section flush>
              <Rows>
                {items.map((item) => (
                  <Row key={item.id}>{row(item)}</Row>
                ))}
              </Rows>
            </Section>
          )
        }
      </Loaded>
      {children}
    </Page>
  );
}

/** The two lines that name a thing in a list. */
export function Named({ name, detail }: { name: ReactNode; detail: ReactNode }) {
  return (
    <div className="min-w-0 flex-1 max-md:min-w-40">
      <p className="break-words font-medium md:truncate">{name}</p>
      <p className="break-words text-label text-muted md:truncate">{detail}</p>
    </div>
  );
}

/** A dialog about one thing; closed while there is none. */
export function DialogOf<Item>({
  item,
  title,
  description,
  onClose,
  children,
}: {
  item: Item | null;
  title: (item: Item | null) => string;
  description?: string;
  onClose: () => void;
  children: (item: Item) => ReactNode;
}) {
  return (
    <Dialog
      open={item !== null}
      onOpenChange={(open) => !open && onClose()}
      title={title(item)}
      {...(description ? { description } : {})}
    >
      {item === null ? null : children(item)}
    </Dialog>
  );
}

/** Asks before something is done to one thing, does it, and says when it failed. */
export function ConfirmOf<Item extends { name: string }>({
  item,
  title,
  action,
  danger = false,
  onClose,
  onConfirm,
  children,
}: {
  item: Item | null;
  title: (name: string) => string;
  action: string;
  danger?: boolean;
  onClose: () => void;
  onConfirm: (item: Item) => Promise<unknown>;
  children: ReactNode;
}) {
  return (
    <Confirm
      open={item !== null}
      onOpenChange={(open) => !open && onClose()}
      title={title(item?.name ?? '')}
      action={action}
      danger={danger}
      onConfirm={() => {
        if (item) attempt(onConfirm(item));
        onClose();
      }}
    >
      {children}
    </Confirm>
  );
}

/** Does something nobody waits for; a failure is told in a toast. */
export function attempt(work: Promise<unknown>) {
  work.catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
}
