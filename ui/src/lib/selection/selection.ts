/** Photos to act upon: named one by one, or all that a view shows but for some. */
export type Selection =
  { image_hashes: string[] } | { select_all: true; query: ViewQuery; excluded_hashes: string[] };

/** What a view shows, in the keys of the server's `query`. */
export type ViewQuery = Record<string, string | boolean>;

/** The most photos that one request may name. */
export const MOST_NAMED = 50_000;

/** A selection in parts that a request can name; one of a view is a single part. */
export function partsOf(selection: Selection): Selection[] {
  if (!('image_hashes' in selection)) return [selection];
  const { image_hashes: names } = selection;
  const count = Math.max(1, Math.ceil(names.length / MOST_NAMED));
  return Array.from({ length: count }, (_, part) => ({
    image_hashes: names.slice(part * MOST_NAMED, (part + 1) * MOST_NAMED),
  }));
}
