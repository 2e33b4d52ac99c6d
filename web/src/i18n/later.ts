import { merge } from './en/merge';
import { privacy } from './en/privacy';
import { rules } from './en/rules';
import { sending_policy } from './en/sending-policy';

const en = { merge, privacy, rules, sending_policy };

/** The words of pages that are fetched when somebody opens them, and so not with the first screen. */
export const later: typeof en = en;
