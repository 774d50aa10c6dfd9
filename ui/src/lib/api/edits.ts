import type { Selection } from '../selection/selection';
import { answerOf, type Api } from './transport';
import type { Category, Corrected, FieldsChange, PhotoFields, PlaceName, Turned } from './types';

/** What a person says of photos, with a history: of one photo, or of a selection. */
export class EditsApi {
  constructor(private readonly api: Api) {}

  /** All fields of a photo, and the latest edits. */
  fields(name: string, signal?: AbortSignal): Promise<PhotoFields> {
    const params = { path: { name } };
    return answerOf(this.api.GET('/api/photos/{name}/metadata/', { params, signal }));
  }

  correct(name: string, body: FieldsChange): Promise<PhotoFields> {
    const params = { path: { name } };
    return answerOf(this.api.PATCH('/api/photos/{name}/metadata/', { params, body }));
  }

  revert(name: string, edit: string): Promise<PhotoFields> {
    const params = { path: { name, edit } };
    return answerOf(this.api.POST('/api/photos/{name}/metadata/revert/{edit}/', { params }));
  }

  revertAll(name: string): Promise<PhotoFields> {
    const params = { path: { name } };
    return answerOf(this.api.POST('/api/photos/{name}/metadata/revert-all/', { params }));
  }

  turnOne(image_hash: string, angle: number, flip_horizontal = false): Promise<Turned> {
    const body = { image_hash, angle, flip_horizontal };
    return answerOf(this.api.POST('/api/photosedit/rotate/', { body }));
  }

  /** Turn stills clockwise by degrees. */
  turn(selection: Selection, angle: number): Promise<Corrected> {
    const body = { ...selection, angle, flip_horizontal: false };
    return answerOf(this.api.POST('/api/photosedit/turn/', { body }));
  }

  async categorise(selection: Selection, category: Category): Promise<Corrected> {
    const body = { ...selection, category, category_source: 'user' as const };
    const { status, count, edit } = await answerOf(
      this.api.POST('/api/photosedit/category/', { body }),
    );
    return { status, count, edit: edit ?? null };
  }

  /** Move dates by seconds. */
  shift(selection: Selection, seconds: number): Promise<Corrected> {
    const body = { ...selection, seconds };
    return answerOf(this.api.POST('/api/photosedit/shift/', { body }));
  }

  /** Say in which zone the clocks of photos were, "" for what the files say. */
  setZone(selection: Selection, timezone: string): Promise<Corrected> {
    const body = { ...selection, timezone };
    return answerOf(this.api.POST('/api/photosedit/shift/', { body }));
  }

  /** Say where photos were taken: at a position, nowhere (null), or where files say. */
  place(
    selection: Selection,
    position: { latitude: number; longitude: number } | 'file' | null,
  ): Promise<Corrected> {
    const where =
      position === 'file' ? { from_file: true } : (position ?? { latitude: null, longitude: null });
    const body = { ...selection, ...where };
    return answerOf(this.api.POST('/api/photosedit/place/', { body }));
  }

  /** Take one act back. */
  undo(edit: string): Promise<Corrected> {
    return answerOf(this.api.POST('/api/photosedit/revert/', { body: { edit } }));
  }

  placeNames(q: string, signal?: AbortSignal): Promise<PlaceName[]> {
    const params = { query: { q, limit: '8' } };
    return answerOf(this.api.GET('/api/geocode/search/', { params, signal }));
  }

  async chooseMain(name: string, file_hash: string): Promise<void> {
    const params = { path: { name } };
    await this.api.POST('/api/photos/{name}/main-file/', { params, body: { file_hash } });
  }
}
