const SITE = 'LibrePhotos';

/** What the tab of the browser says: the view, or the photo that is open on top of it. */
export class Titles {
  #view = $state('');
  #photo = $state('');

  current = $derived([this.#photo || this.#view, SITE].filter((part) => part !== '').join(' – '));

  /** Name what is shown; returns the way to forget it. */
  show(title: string, onTop: boolean): () => void {
    if (onTop) this.#photo = title;
    else this.#view = title;
    return () => {
      if (onTop && this.#photo === title) this.#photo = '';
      else if (!onTop && this.#view === title) this.#view = '';
    };
  }
}
