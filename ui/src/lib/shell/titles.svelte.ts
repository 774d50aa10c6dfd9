const SITE = 'LibrePhotos';

/** What the tab of the browser says: the view, or the photo that is open on top of it. */
export class Titles {
  /** Of the row in the table of routes, while the library is shown. */
  view = $state('');
  #content = $state('');
  #photo = $state('');

  current = $derived(
    [this.#photo || this.#content || this.view, SITE].filter((part) => part !== '').join(' – '),
  );

  /** Name what is shown by what it is; returns the way to forget it. */
  show(title: string, onTop: boolean): () => void {
    if (onTop) this.#photo = title;
    else this.#content = title;
    return () => {
      if (onTop && this.#photo === title) this.#photo = '';
      else if (!onTop && this.#content === title) this.#content = '';
    };
  }
}
