import { Check, Inbox, Moon, Send, Trash2, UserPlus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Banner, Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { Confirm } from '@/ui/Confirm';
import { CopyField } from '@/ui/CopyField';
import { Actions, Dialog } from '@/ui/Dialog';
import { Drawer } from '@/ui/Drawer';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { IconButton } from '@/ui/IconButton';
import { Kbd } from '@/ui/Kbd';
import { Menu } from '@/ui/Menu';
import { Meter } from '@/ui/Meter';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { PickDialog } from '@/ui/PickDialog';
import { SegmentedControl } from '@/ui/SegmentedControl';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { Switch } from '@/ui/Switch';
import { toast } from '@/ui/Toasts';

const TOKENS = [
  'bg',
  'surface',
  'raised',
  'sunken',
  'line',
  'line-strong',
  'ink',
  'muted',
  'faint',
  'accent',
  'accent-soft',
  'bubble-out',
  'note',
  'ok',
  'warn',
  'bad',
  'info',
];

function Swatch({ token }: { token: string }) {
  return (
    <div className="flex items-center gap-2">
      <span
        className="size-6 rounded-control border border-line-strong"
        ref={(node) => {
          if (node) node.style.background = `var(--${token})`;
        }}
      />
      <code className="font-mono text-label text-muted">{token}</code>
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2 py-1.5">{children}</div>;
}

/** Every primitive in every state, for eyes and for the photographs of the test run. */
export function Gallery() {
  const [open, setOpen] = useState<'dialog' | 'drawer' | 'confirm' | 'pick' | null>(null);
  const [mode, setMode] = useState<'text' | 'note'>('text');
  const [on, setOn] = useState(true);
  const close = () => setOpen(null);
  return (
    <main className="h-full">
      <Page title="Gallery" intro="Every part of the interface, in every state." wide>
        <Section title="Tokens">
          <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
            {TOKENS.map((token) => (
              <Swatch key={token} token={token} />
            ))}
          </div>
        </Section>
        <Section title="Type">
          <p className="text-kpi">1,284 texts</p>
          <p className="font-semibold text-page">Page title</p>
          <p className="font-semibold text-title">Pane title</p>
          <p className="text-text">Message text, the customer’s own words</p>
          <p>Interface text</p>
          <p className="text-label text-muted">A label</p>
          <p className="text-faint text-meta">12:04 PM · Delivered</p>
        </Section>
        <Section title="Buttons">
          <Line>
            <Button tone="primary" icon={Send}>
              Send
            </Button>
            <Button>Edit</Button>
            <Button tone="quiet">Cancel</Button>
            <Button tone="danger" icon={Trash2}>
              Remove demo data
            </Button>
            <Button tone="danger-quiet">Stop sending</Button>
          </Line>
          <Line>
            <Button tone="primary" disabled>
              Disabled
            </Button>
            <Button tone="primary" busy>
              Working
            </Button>
            <Button size="sm">Small</Button>
            <IconButton icon={Inbox} label="Inbox" keys="g i" />
            <IconButton icon={UserPlus} label="Assign" keys="a" pressed />
          </Line>
          <Line>
            <SegmentedControl
              label="Kind"
              value={mode}
              onChange={setMode}
              options={[
                { value: 'text', label: 'Text' },
                { value: 'note', label: 'Note' },
              ]}
            />
            <Kbd keys="mod+k" />
            <Kbd keys="g i" />
          </Line>
        </Section>
        <Section title="Marks">
          <Line>
            <Avatar name="Ava Brown" />
            <Avatar name="+1 415 555 0134" />
            <Avatar name="Maya Ortiz" tone="member" size="sm" />
            <Badge>Snoozed</Badge>
            <Badge tone="ok" icon={Check}>
              Delivered
            </Badge>
            <Badge tone="warn">Held</Badge>
            <Badge tone="bad">Not delivered</Badge>
            <Badge tone="info">Sent</Badge>
            <Badge tone="accent">New</Badge>
          </Line>
        </Section>
        <Section title="Fields">
          <div className="grid gap-4 md:grid-cols-2">
            <TextField label="Name" placeholder="Ava Brown" />
            <TextField label="Number" defaultValue="415" error="This number is too short." />
            <SelectField label="Role">
              <option>Agent</option>
              <option>Admin</option>
            </SelectField>
            <TextField label="Read only" disabled defaultValue="hark" hint="Set at start." />
            <TextAreaField label="Help text" className="md:col-span-2" />
            <CopyField label="Link" value="https://example.com/invite/abc" />
          </div>
          <div className="mt-4 flex flex-col gap-3">
            <Switch
              label="Demo data"
              hint="2,000 conversations you can remove again."
              checked={on}
              onChange={setOn}
            />
            <Switch label="Disabled" checked={false} disabled onChange={() => {}} />
            <Checkbox label="Send and close" defaultChecked />
          </div>
        </Section>
        <Section title="Notices" flush>
          <Banner tone="info">A quiet fact.</Banner>
          <Banner tone="warn" action={<Button size="sm">Look</Button>}>
            Disk is below 10 %.
          </Banner>
          <Banner tone="bad">Sending is stopped.</Banner>
          <div className="p-4">
            <Notice tone="ok">Everything works.</Notice>
            <div className="mt-4">
              <Meter label="Making conversations" done={640} total={2000} />
            </div>
          </div>
        </Section>
        <Section title="Floating parts">
          <Line>
            <Button onClick={() => setOpen('dialog')}>Dialog</Button>
            <Button onClick={() => setOpen('drawer')}>Drawer</Button>
            <Button onClick={() => setOpen('confirm')}>Confirm</Button>
            <Button onClick={() => setOpen('pick')}>Pick</Button>
            <Button
              onClick={() =>
                toast('Closed. Ava Brown', { action: { label: 'Undo', run: () => {} } })
              }
            >
              Toast
            </Button>
            <Button onClick={() => toast('Not saved. The server did not answer.', { tone: 'bad' })}>
              Bad toast
            </Button>
            <Menu trigger={<Button>Menu</Button>} align="start">
              {({ MenuItem, MenuLabel, MenuSeparator }) => (
                <>
                  <MenuLabel>Conversation</MenuLabel>
                  <MenuItem icon={Moon} keys="z" onSelect={() => {}}>
                    Snooze
                  </MenuItem>
                  <MenuItem icon={Check} keys="e" onSelect={() => {}}>
                    Close
                  </MenuItem>
                  <MenuSeparator />
                  <MenuItem icon={Trash2} danger onSelect={() => {}}>
                    Remove
                  </MenuItem>
                </>
              )}
            </Menu>
          </Line>
        </Section>
        <Section title="States" flush>
          <SkeletonRows rows={2} />
          <Empty icon={Inbox} title="Nothing waiting for you">
            14 are unassigned.
          </Empty>
          <Failure
            detail="The list could not be loaded. The server did not answer."
            code="offline"
            onRetry={() => {}}
          />
        </Section>
        <Section title="Lists" flush>
          <Rows>
            <Row>
              <span className="flex-1">Maya Ortiz</span>
              <Badge>Admin</Badge>
            </Row>
            <Row>
              <span className="flex-1">Sam Lee</span>
              <Badge>Agent</Badge>
            </Row>
          </Rows>
        </Section>
        <Dialog
          open={open === 'dialog'}
          onOpenChange={close}
          title="New text"
          description="To a known or new number."
        >
          <TextField label="To" placeholder="+1 415 555 0134" />
          <Actions>
            <Button tone="quiet" onClick={close}>
              Cancel
            </Button>
            <Button tone="primary">Send</Button>
          </Actions>
        </Dialog>
        <Drawer open={open === 'drawer'} onOpenChange={close} title="Customer">
          <p className="p-4">Ava Brown</p>
        </Drawer>
        <Confirm
          open={open === 'confirm'}
          onOpenChange={close}
          title="Remove the demo shop?"
          action="Remove demo data"
          danger
          onConfirm={close}
        >
          Your own conversations stay.
        </Confirm>
        <PickDialog
          open={open === 'pick'}
          onOpenChange={close}
          label="Assign to"
          placeholder="Assign to…"
          empty="Nobody by that name."
          groups={[
            {
              label: 'Members',
              items: [
                { id: '1', label: 'Maya Ortiz', hint: 'Admin' },
                { id: '2', label: 'Sam Lee', hint: 'Agent' },
              ],
            },
          ]}
          onPick={(item) => toast(`Assigned to ${item.label}`)}
        />
      </Page>
    </main>
  );
}
