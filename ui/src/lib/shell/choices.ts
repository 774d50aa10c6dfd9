import type { IconName } from './icons';

/** An entry of a menu that opens: it leads somewhere, or does something. */
export interface MenuChoice {
  title: string;
  icon?: IconName;
  /** Where it leads to; one without an address has `onchosen`. */
  address?: string;
  onchosen?: () => void;
  /** What it leads to is shown. */
  current?: boolean;
  /** A number beside it; null where it has none. */
  count?: number | null;
  danger?: boolean;
  disabled?: boolean;
  /** Why it is disabled, or "". */
  hint?: string;
}
