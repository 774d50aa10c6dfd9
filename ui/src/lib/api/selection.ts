import { partsOf, type Selection } from '../selection/selection';
import { undoEdits } from './bulk-edits';
import type { ErasedPhotos, SelectedPhotos } from './types';
import { answerOf, type Api } from './transport';

/** What was done to a selection: how many photos changed, and what takes it back. */
export interface Change {
  count: number;
  /** Of so many nothing had to be changed. */
  unchanged: number;
  edits: number[];
}

interface Told {
  count: number;
  unchanged: number;
  undo: number | null;
}

/** Photos that are tried in one request: a few seconds at the most. */
const ERASED_AT_ONCE = 500;

/** What can be done to any number of photos at once. */
export class SelectionApi {
  constructor(private readonly api: Api) {}

  /** How many photos it has by now, and what they take on disk. */
  async extent(selection: Selection, signal?: AbortSignal): Promise<SelectedPhotos> {
    const totals = { status: true, count: 0, files: 0, bytes: 0 };
    for (const body of partsOf(selection)) {
      const part = await answerOf(this.api.POST('/api/photosedit/selected/', { body, signal }));
      totals.count += part.count;
      totals.files += part.files;
      totals.bytes += part.bytes;
    }
    return totals;
  }

  favourite(selection: Selection, favorite: boolean): Promise<Change> {
    return this.#change(selection, (part) =>
      this.api.POST('/api/photosedit/favorite/', { body: { ...part, favorite } }),
    );
  }

  rate(selection: Selection, rating: number): Promise<Change> {
    return this.#change(selection, (part) =>
      this.api.POST('/api/photosedit/rate/', { body: { ...part, rating } }),
    );
  }

  hide(selection: Selection, hidden: boolean): Promise<Change> {
    return this.#change(selection, (part) =>
      this.api.POST('/api/photosedit/hide/', { body: { ...part, hidden } }),
    );
  }

  trash(selection: Selection, deleted: boolean): Promise<Change> {
    return this.#change(selection, (part) =>
      this.api.POST('/api/photosedit/setdeleted/', { body: { ...part, deleted } }),
    );
  }

  publish(selection: Selection, val_public: boolean): Promise<Change> {
    return this.#change(selection, (part) =>
      this.api.POST('/api/photosedit/makepublic/', { body: { ...part, val_public } }),
    );
  }

  /** Give each photo back what it had; tells how many were changed since, and stay. */
  undo({ edits }: Change): Promise<{ count: number; kept: number }> {
    return undoEdits(this.api, edits);
  }

  /** Erase what of it is in the trash, part by part; `told` hears of each and may end it. */
  async erase(selection: Selection, told: (part: ErasedPhotos) => boolean): Promise<void> {
    for (const part of partsOf(selection)) {
      let after: string | null = null;
      do {
        const body = { ...part, limit: ERASED_AT_ONCE, after };
        const answer: ErasedPhotos = await answerOf(
          this.api.POST('/api/photosedit/delete/', { body }),
        );
        if (!told(answer)) return;
        after = answer.next;
      } while (after !== null);
    }
  }

  async #change(
    selection: Selection,
    send: (part: Selection) => Promise<{ data?: Told }>,
  ): Promise<Change> {
    const change: Change = { count: 0, unchanged: 0, edits: [] };
    for (const part of partsOf(selection)) {
      const { count, unchanged, undo } = await answerOf(send(part));
      change.count += count;
      change.unchanged += unchanged;
      if (undo !== null) change.edits.push(undo);
    }
    return change;
  }
}
