import type { Component } from 'svelte';
import type { AppContext } from '../context';
import type { PhotoSequence } from '../grid/sequence';
import type { IconName } from '../shell/icons';
import { decoded } from './addresses';

/** What an address says besides the path: named groups of the path, and what is asked for. */
export type Params = Record<string, string>;

/** What every screen is given; those with a grid tell what can be turned through in it. */
export interface ScreenProps {
  onsequence: (sequence: PhotoSequence | null) => void;
}

/**
 * Where an entry of the menu stands: among the ways into the library; with those that are
 * looked at now and then, behind "More" on a phone; or in the menu of the account.
 */
export type MenuGroup = 'library' | 'apart' | 'account';

/** How a view stands in the menu. */
export interface MenuEntry {
  icon: IconName;
  group: MenuGroup;
  /** Whether it stands there; always, unless told. */
  isShown?: (app: AppContext) => boolean;
  /** A number beside it. */
  count?: (app: AppContext) => number;
}

interface Row {
  name: string;
  /** Without a slash at its end. A path with named groups hands them to `props`. */
  path: string | RegExp;
  /** What it takes from behind the question mark. */
  query?: string[];
  /** Of the browser's tab, unless the screen knows better, and of the menu. */
  title: () => string;
  /** The parameter by which one screen of this row is another than the next. */
  identity?: string;
  menu?: MenuEntry;
  /** The entry of the menu that stands for it, where it has none itself. */
  under?: string;
}

/** A row of the table: an address, and what is shown there. */
export interface Route extends Row {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- `route` has checked its props
  screen: Component<any>;
  props: (params: Params) => object;
}

/** A view of the library, without what may be open on top of it. */
export interface View {
  route: Route;
  params: Params;
  /** Views of the same key are one screen, whose props change. */
  key: string;
}

/** A row whose `props` are those of its screen. */
export function route<Props extends object>(
  row: Row & {
    screen: Component<Props>;
    props?: (params: Params) => NoInfer<Omit<Props, keyof ScreenProps>>;
  },
): Route {
  return { props: () => ({}), ...row };
}

/** The view of an address by the first row of the table with its path; the last has all. */
export function viewAt(address: string, table: readonly Route[]): View {
  const [path = '', search = ''] = address.split('?');
  for (const row of table) {
    const params = paramsOf(row, path.replace(/\/$/, ''), search);
    if (params) return { route: row, params, key: keyOf(row, params) };
  }
  throw new Error(`No row of the table of routes takes ${address}.`);
}

function paramsOf(row: Route, path: string, search: string): Params | null {
  const groups = groupsOf(row.path, path);
  if (!groups) return null;
  const asked = new URLSearchParams(search);
  const query = (row.query ?? []).map((name) => [name, asked.get(name) ?? '']);
  return { ...groups, ...(Object.fromEntries(query) as Params) };
}

function groupsOf(pattern: string | RegExp, path: string): Params | null {
  if (typeof pattern === 'string') return path === pattern.replace(/\/$/, '') ? {} : null;
  const match = pattern.exec(path);
  if (!match) return null;
  const given = Object.entries<string | undefined>(match.groups ?? {});
  return Object.fromEntries(given.flatMap(([name, text]) => (text ? [[name, decoded(text)]] : [])));
}

function keyOf({ name, identity }: Route, params: Params): string {
  return identity === undefined ? name : `${name}/${params[identity] ?? ''}`;
}
