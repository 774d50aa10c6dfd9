import { m } from '../paraglide/messages';
import type { DateRule } from './date-rules';

/** The rules that the server knows, by their numbers, which never change. */
const NAMES: Record<number, () => string> = {
  1: m.settings_rule_1,
  2: m.settings_rule_2,
  3: m.settings_rule_3,
  4: m.settings_rule_4,
  5: m.settings_rule_5,
  6: m.settings_rule_6,
  7: m.settings_rule_7,
  8: m.settings_rule_8,
  9: m.settings_rule_9,
  10: m.settings_rule_10,
  11: m.settings_rule_11,
  12: m.settings_rule_12,
  13: m.settings_rule_13,
  14: m.settings_rule_14,
  15: m.settings_rule_15,
};

/** What a rule is called; one of a person's own as they have named it. */
export function ruleName({ id, name }: DateRule): string {
  return NAMES[id]?.() ?? name;
}
