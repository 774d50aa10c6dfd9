import { partsOf, type Selection } from '../selection/selection';
import { ALL_ALBUMS, photosOf, type AlbumPhotos } from './albums';
import { undoEdits } from './bulk-edits';
import { answerOf, type Api } from './transport';
import type { ListedAlbum, NamedTag } from './types';

/** The tags that people make and give to photos. */
export class TagsApi {
  constructor(private readonly api: Api) {}

  /** One's own, by name. */
  async list(signal?: AbortSignal): Promise<ListedAlbum[]> {
    const params = { query: ALL_ALBUMS };
    const { results } = await answerOf(this.api.GET('/api/tags/', { params, signal }));
    return results.map(({ name: title, ...tag }) => ({ ...tag, title }));
  }

  /** One page (1-based) of the photos of a tag. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<AlbumPhotos> {
    const params = { path: { tag_id: String(id) }, query: photosOf(page) };
    const call = this.api.GET('/api/tags/{tag_id}/', { params, signal });
    const { next, results } = await answerOf(call);
    return { title: results.name, days: results.grouped_photos, isLast: next === null };
  }

  /** The tag of a name, made if there is none. */
  make(name: string): Promise<NamedTag> {
    return answerOf(this.api.POST('/api/tags/', { body: { name } }));
  }

  rename(id: number, name: string): Promise<NamedTag> {
    const params = { path: { tag_id: String(id) } };
    return answerOf(this.api.PATCH('/api/tags/{tag_id}/', { params, body: { name } }));
  }

  async remove(id: number): Promise<void> {
    await this.api.DELETE('/api/tags/{tag_id}/', { params: { path: { tag_id: String(id) } } });
  }

  /** Have one tag stand for two: the other is gone. */
  merge(id: number, tag: number): Promise<NamedTag> {
    const params = { path: { tag_id: String(id) } };
    return answerOf(this.api.POST('/api/tags/{tag_id}/merge/', { params, body: { tag } }));
  }

  /** Give photos a tag; what is returned takes it from those that lacked it. */
  async give(id: number, selection: Selection): Promise<() => Promise<unknown>> {
    const params = { path: { tag_id: String(id) } };
    const edits: number[] = [];
    for (const part of partsOf(selection)) {
      const call = this.api.POST('/api/tags/{tag_id}/add/', { params, body: photosIn(part) });
      const { undo } = await answerOf(call);
      if (undo !== null) edits.push(undo);
    }
    return () => undoEdits(this.api, edits);
  }

  take(id: number, selection: Selection): Promise<NamedTag> {
    const params = { path: { tag_id: String(id) } };
    return answerOf(
      this.api.POST('/api/tags/{tag_id}/remove/', { params, body: photosIn(selection) }),
    );
  }
}

function photosIn(
  selection: Selection,
): { photos: string[] } | Extract<Selection, { select_all: true }> {
  return 'image_hashes' in selection ? { photos: selection.image_hashes } : selection;
}
