import { t } from '@/i18n/t';

/**
 * Every binding Hark ships with, in the order of the settings page. Commands take their keys from
 * here, so that the page can list those of screens that are not open.
 */
export const KEY_CATALOGUE = [
  { id: 'desk.palette', keys: 'mod+k', label: t.commands.palette },
  { id: 'desk.help', keys: '?', label: t.commands.help },
  { id: 'desk.simulator', keys: 's', label: t.commands.simulator },
  { id: 'desk.undo', keys: 'mod+z', label: t.commands.undo },
  { id: 'go.search', keys: '/', label: t.commands.search },
  { id: 'go.inbox', keys: 'g i', label: t.commands.go_inbox },
  { id: 'go.mine', keys: 'g m', label: t.commands.go_mine },
  { id: 'go.unassigned', keys: 'g u', label: t.commands.go_unassigned },
  { id: 'go.customers', keys: 'g c', label: t.commands.go_customers },
  { id: 'go.settings', keys: 'g s', label: t.commands.go_settings },
  { id: 'list.next', keys: 'j', label: t.commands.next },
  { id: 'list.previous', keys: 'k', label: t.commands.previous },
  { id: 'conversation.enter', keys: 'enter', label: t.commands.enter },
  { id: 'list.out', keys: 'escape', label: t.commands.out },
  { id: 'conversation.reply', keys: 'r', label: t.commands.reply },
  { id: 'conversation.note', keys: 'n', label: t.commands.note },
  { id: 'conversation.close', keys: 'e', label: t.commands.close },
  { id: 'conversation.reopen', keys: 'shift+e', label: t.commands.reopen },
  { id: 'conversation.snooze', keys: 'z', label: t.commands.snooze },
  { id: 'conversation.assign', keys: 'a', label: t.commands.assign },
  { id: 'conversation.assign-me', keys: 'i', label: t.commands.assign_me },
  { id: 'conversation.unread', keys: 'u', label: t.commands.unread },
  { id: 'list.select', keys: 'x', label: t.commands.select },
  { id: 'list.extend-next', keys: 'shift+j', label: t.commands.extend_next },
  { id: 'list.extend-previous', keys: 'shift+k', label: t.commands.extend_previous },
  { id: 'list.select-all', keys: '*', label: t.commands.select_all },
  { id: 'text.new', keys: 'c', label: t.commands.new_text },
  { id: 'composer.send', keys: 'mod+enter', label: t.commands.send },
  { id: 'composer.send-close', keys: 'mod+shift+enter', label: t.commands.send_close },
  { id: 'composer.repair', keys: 'mod+.', label: t.commands.repair },
  { id: 'desk.fold-list', keys: '[', label: t.commands.fold_list },
  { id: 'desk.fold-panel', keys: ']', label: t.commands.fold_panel },
  { id: 'desk.focus-list', keys: '1', label: t.commands.focus_list },
  { id: 'desk.focus-thread', keys: '2', label: t.commands.focus_thread },
  { id: 'desk.focus-composer', keys: '3', label: t.commands.focus_composer },
  { id: 'desk.focus-panel', keys: '4', label: t.commands.focus_panel },
] as const;
