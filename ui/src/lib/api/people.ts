import { answerOf, type Api } from './transport';
import type {
  Dismissal,
  Face,
  FaceGroup,
  Page,
  PeopleEdit,
  Person,
  PersonChange,
  PreviewBox,
} from './types';

/** Stands for the faces without a person, a group or a guess. */
export const NOBODY = 0;

export const FACES_PER_PAGE = 100;

export interface PageOptions {
  page: number;
  size?: number;
}

/** What a change answers, whatever else it tells. */
export interface Edited {
  /** The number of the edit, to undo it by; null where there was nothing to change. */
  edit: number | null;
}

/** People and their faces. */
export class PeopleApi {
  constructor(private readonly api: Api) {}

  /** The named people: those shown, or those hidden. */
  async named(hidden: boolean, signal?: AbortSignal): Promise<Person[]> {
    const params = { query: hidden ? { hidden: 'true' } : {} };
    return (await answerOf(this.api.GET('/api/persons/', { params, signal }))).results;
  }

  person(id: number, signal?: AbortSignal): Promise<Person> {
    const params = { path: { person_id: String(id) } };
    return answerOf(this.api.GET('/api/persons/{person_id}/', { params, signal }));
  }

  /** Whose faces there are: by label, or with `inferred` by guess and likeness. */
  groups(inferred: boolean, signal?: AbortSignal): Promise<FaceGroup[]> {
    const params = { query: { inferred: String(inferred) } };
    return answerOf(this.api.GET('/api/faces/incomplete/', { params, signal }));
  }

  /** One page (1-based) of the faces of a person or group, the surest first. */
  faces(
    person: number,
    options: PageOptions & { inferred: boolean },
    signal?: AbortSignal,
  ): Promise<Page<Face>> {
    const query = {
      person: String(person),
      inferred: String(options.inferred),
      order_by: 'confidence',
      ...pageOf(options),
    };
    return answerOf(this.api.GET('/api/faces/', { params: { query }, signal }));
  }

  /** Say whose faces these are; a person of a new name is made. */
  label(faces: number[], name: string): Promise<Edited> {
    const body = { person_name: name, face_ids: faces };
    return answerOf(this.api.POST('/api/labelfaces/', { body }));
  }

  /** Say that faces are not the person or group that they are shown as. */
  reject(faces: number[]): Promise<Edited> {
    return answerOf(this.api.POST('/api/faces/reject/', { body: { face_ids: faces } }));
  }

  /** Show faces nowhere. */
  dismiss(faces: number[], reason: Dismissal): Promise<Edited> {
    const body = { face_ids: faces, reason };
    return answerOf(this.api.POST('/api/faces/dismiss/', { body }));
  }

  /** One page (1-based) of the faces that are shown nowhere. */
  dismissed(reason: Dismissal, options: PageOptions, signal?: AbortSignal): Promise<Page<Face>> {
    const params = { query: { reason, ...pageOf(options) } };
    return answerOf(this.api.GET('/api/faces/dismissed/', { params, signal }));
  }

  /** Show dismissed faces again. */
  restore(faces: number[]): Promise<Edited> {
    return answerOf(this.api.POST('/api/faces/restore/', { body: { face_ids: faces } }));
  }

  /** Say that faces are a person of their own. */
  split(faces: number[], name: string): Promise<Edited> {
    const body = { face_ids: faces, person_name: name };
    return answerOf(this.api.POST('/api/persons/split/', { body }));
  }

  /** Add a face that nobody found. */
  draw(photo: string, location: PreviewBox, name: string): Promise<Edited> {
    const body = { photo, location, person_name: name };
    return answerOf(this.api.POST('/api/addface/', { body }));
  }

  change(person: number, body: PersonChange): Promise<Edited> {
    const params = { path: { person_id: String(person) } };
    return answerOf(this.api.PATCH('/api/persons/{person_id}/', { params, body }));
  }

  /** Make one person of two: the faces of the other become this person's. */
  merge(person: number, other: number): Promise<Edited> {
    const options = {
      params: { path: { person_id: String(person) } },
      body: { person_ids: [other] },
    };
    return answerOf(this.api.POST('/api/persons/{person_id}/merge/', options));
  }

  /** Forget a name; the faces become unknown. */
  forget(person: number): Promise<Edited> {
    const params = { path: { person_id: String(person) } };
    return answerOf(this.api.POST('/api/persons/{person_id}/forget/', { params }));
  }

  /** What was done, last things first. */
  edits(page: number, size: number, signal?: AbortSignal): Promise<Page<PeopleEdit>> {
    const params = { query: pageOf({ page, size }) };
    return answerOf(this.api.GET('/api/people/edits/', { params, signal }));
  }

  undo(edit: number): Promise<unknown> {
    const params = { path: { edit_id: String(edit) } };
    return this.api.POST('/api/people/edits/{edit_id}/undo/', { params });
  }
}

function pageOf({ page, size = FACES_PER_PAGE }: PageOptions): { page: string; page_size: string } {
  return { page: String(page), page_size: String(size) };
}
