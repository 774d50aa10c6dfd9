/**
 * Captions that are being written, each for its author and photo. They live as long as the
 * tab: a visit that ends takes nobody's words away, and shows them to nobody else.
 */
export class Drafts {
  readonly #texts = new Map<string, string>();

  of(author: number, photo: string): string | null {
    return this.#texts.get(keyOf(author, photo)) ?? null;
  }

  keep(author: number, photo: string, text: string): void {
    this.#texts.set(keyOf(author, photo), text);
  }

  drop(author: number, photo: string): void {
    this.#texts.delete(keyOf(author, photo));
  }
}

function keyOf(author: number, photo: string): string {
  return `${author}/${photo}`;
}
