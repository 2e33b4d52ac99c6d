// Every word a person reads. Voice: a calm colleague. Short, present tense, sentence case, the
// consequence in the button. Words of the product only: customer, text, close, label, number.

import { commands, help, palette } from './en/commands';
import { compliance } from './en/compliance';
import { composer, new_text } from './en/composer';
import { customer, customers, search } from './en/customers';
import { gate, gate_fixes } from './en/gate';
import { actions, events, inbox, unsure } from './en/inbox';
import { many } from './en/many';
import { session, setup, welcome } from './en/session';
import { settings } from './en/settings';
import { banners, common, errors, groups, line, nav, server_watches, stopped } from './en/shell';
import { simulator } from './en/simulator';
import { clocks, error_classes, states, thread, waits, why } from './en/thread';

export const en = {
  many,
  common,
  errors,
  nav,
  line,
  stopped,
  banners,
  server_watches,
  groups,
  commands,
  palette,
  help,
  inbox,
  thread,
  states,
  waits,
  gate,
  gate_fixes,
  why,
  clocks,
  error_classes,
  events,
  actions,
  unsure,
  composer,
  new_text,
  customer,
  customers,
  search,
  simulator,
  session,
  setup,
  welcome,
  compliance,
  settings,
  gallery: { title: 'Gallery' },
};
