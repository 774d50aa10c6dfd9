/** The first letters of the first and the last word of a name, or of its only one. */
export function initials(name: string): string {
  const words = name.split(/[\s._@+-]+/u).filter((word) => word !== '');
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => firstLetter(word ?? '')).join('');
}

/** With what belongs to it: accents, and the parts of a letter of Hangul or Devanagari. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return (first?.segment ?? '').toLocaleUpperCase();
}
