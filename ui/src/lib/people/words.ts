import type { FaceGroup } from '../api/types';
import { m } from '../paraglide/messages';

/** How sure a guess is, as "93 %"; only what somebody said is certain. */
export function percent(probability: number): string {
  return `${Math.min(99, Math.round(probability * 100))} %`;
}

/** What a group is called: one that nobody has named bears the number that the server gave it. */
export function groupName({ kind, name }: Pick<FaceGroup, 'kind' | 'name'>): string {
  const number = kind === 'CLUSTER' ? /\d+$/.exec(name)?.[0] : undefined;
  return number === undefined ? name : m.people_group({ number });
}

const TITLES: Record<string, () => string> = {
  label: m.people_edit_label,
  reject: m.people_edit_reject,
  dismiss: m.people_edit_dismiss,
  restore: m.people_edit_restore,
  draw: m.people_edit_draw,
  rename: m.people_edit_rename,
  merge: m.people_edit_merge,
  split: m.people_edit_split,
  change: m.people_edit_change,
  delete: m.people_edit_delete,
};

/** "Merged: Anna, Ann · 12 faces". */
export function editTitle(edit: { action: string; faces: number; people: string[] }): string {
  const title = TITLES[edit.action]?.() ?? edit.action;
  const names = edit.people.length > 0 ? `: ${edit.people.join(', ')}` : '';
  return title + names + (edit.faces > 0 ? ` · ${m.common_faces({ count: edit.faces })}` : '');
}
