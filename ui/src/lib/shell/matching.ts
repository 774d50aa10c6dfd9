/** Whether a name holds what is typed, whatever the case and the accents. */
export function matches(name: string, typed: string): boolean {
  return plain(name).includes(plain(typed.trim()));
}

export function isSameName(one: string, other: string): boolean {
  return plain(one.trim()) === plain(other.trim());
}

function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
