/** "1 face", "1,204 faces". */
export function countedFaces(count: number, locale = 'en-GB'): string {
  return counted(count, 'face', 'faces', locale);
}

export function countedPhotos(count: number, locale = 'en-GB'): string {
  return counted(count, 'photo', 'photos', locale);
}

function counted(count: number, one: string, many: string, locale: string): string {
  return `${new Intl.NumberFormat(locale).format(count)} ${count === 1 ? one : many}`;
}

/** How sure a guess is, as "93 %"; only what somebody said is certain. */
export function percent(probability: number): string {
  return `${Math.min(99, Math.round(probability * 100))} %`;
}

const TITLES: Record<string, string> = {
  label: 'Named',
  reject: 'Not this person',
  dismiss: 'Shown no longer',
  restore: 'Shown again',
  draw: 'Face drawn',
  rename: 'Renamed',
  merge: 'Merged',
  split: 'Made a person of their own',
  change: 'Changed',
  delete: 'Name forgotten',
};

/** "Merged: Anna, Ann · 12 faces". */
export function editTitle(
  edit: { action: string; faces: number; people: string[] },
  locale: string,
): string {
  const title = TITLES[edit.action] ?? edit.action;
  const names = edit.people.length > 0 ? `: ${edit.people.join(', ')}` : '';
  return title + names + (edit.faces > 0 ? ` · ${countedFaces(edit.faces, locale)}` : '');
}
