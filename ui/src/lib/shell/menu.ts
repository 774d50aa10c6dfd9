import type { AppContext } from '../context';
import { ROUTES } from '../routes';
import type { MenuGroup } from '../routing/route';
import type { MenuChoice } from './choices';
import type { IconName } from './icons';

/** An entry of a menu, as it stands there now. */
export interface Entry {
  /** Of the row in the table of routes. */
  name: string;
  address: string;
  title: string;
  icon: IconName;
  /** The number beside it; null where it has none. */
  count: number | null;
}

/** The entries of a group, in the order of the table. */
export function entriesOf(group: MenuGroup, app: AppContext): Entry[] {
  return ROUTES.flatMap(({ name, path, title, menu }) => {
    if (menu?.group !== group || typeof path !== 'string') return [];
    if (menu.isShown?.(app) === false) return [];
    return [
      { name, address: path, title: title(), icon: menu.icon, count: menu.count?.(app) ?? null },
    ];
  });
}

/** The name of the entry that stands for what is shown: a person is one of the people. */
export function currentEntry({ router }: AppContext): string {
  return router.view.route.under ?? router.view.route.name;
}

export function choiceOf({ name, ...entry }: Entry, current: string): MenuChoice {
  return { ...entry, current: name === current };
}
