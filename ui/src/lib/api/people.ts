import { post, query, type Transport } from './transport';
import type { Page, PreviewBox } from './types';

export type GroupKind = 'USER' | 'CLUSTER' | 'UNKNOWN';

/** Somebody that has a name. */
export interface Person {
  id: number;
  name: string;
  face_url: string;
  face_count: number;
  hidden: boolean;
  /** `YYYY-MM-DD`. */
  birth_date: string | null;
}

/** A person, a group of like faces, or the rest (NOBODY), with the faces that match. */
export interface FaceGroup {
  id: number;
  name: string;
  kind: GroupKind;
  face_count: number;
}

/** Stands for the faces without a person, a group or a guess. */
export const NOBODY = 0;

export interface Face {
  id: number;
  face_url: string;
  photo: string;
  timestamp: string | null;
  person_label_probability: number;
}

/** What can be said of a person in place. */
export interface PersonChange {
  newPersonName?: string;
  hidden?: boolean;
  birth_date?: string | null;
  cover_face?: number;
}

export const FACES_PER_PAGE = 100;

export interface PageOptions {
  page: number;
  size?: number;
}

export type Dismissal = 'not_a_face' | 'ignored';

/** Something that was done to faces or people; until it is undone. */
export interface PeopleEdit {
  id: number;
  action: string;
  created_at: string;
  undone_at: string | null;
  faces: number;
  people: string[];
}

/** What a change answers, whatever else it tells. */
export interface Edited {
  /** The number of the edit, to undo it by; null where there was nothing to change. */
  edit: number | null;
}

/** People and their faces. */
export class PeopleApi {
  constructor(private readonly transport: Transport) {}

  /** The named people: those shown, or those hidden. */
  async named(hidden: boolean, signal?: AbortSignal): Promise<Person[]> {
    const path = `persons/${query(hidden ? { hidden: 'true' } : {})}`;
    return (await this.transport.call<Page<Person>>(path, { signal })).results;
  }

  person(id: number, signal?: AbortSignal): Promise<Person> {
    return this.transport.call(`persons/${id}/`, { signal });
  }

  /** Whose faces there are: by label, or with `inferred` by guess and likeness. */
  groups(inferred: boolean, signal?: AbortSignal): Promise<FaceGroup[]> {
    return this.transport.call(`faces/incomplete/${query({ inferred: String(inferred) })}`, {
      signal,
    });
  }

  /** One page (1-based) of the faces of a person or group, the surest first. */
  faces(
    person: number,
    options: PageOptions & { inferred: boolean },
    signal?: AbortSignal,
  ): Promise<Page<Face>> {
    const search = query({
      person: String(person),
      inferred: String(options.inferred),
      page: String(options.page),
      page_size: String(options.size ?? FACES_PER_PAGE),
      order_by: 'confidence',
    });
    return this.transport.call(`faces/${search}`, { signal });
  }

  /** Say whose faces these are; a person of a new name is made. */
  label(faces: number[], name: string): Promise<Edited> {
    const body = { person_name: name, face_ids: faces };
    return this.transport.call('labelfaces', post(body));
  }

  /** Say that faces are not the person or group that they are shown as. */
  reject(faces: number[]): Promise<Edited> {
    return this.transport.call('faces/reject/', post({ face_ids: faces }));
  }

  /** Show faces nowhere. */
  dismiss(faces: number[], reason: Dismissal): Promise<Edited> {
    return this.transport.call('faces/dismiss/', post({ face_ids: faces, reason }));
  }

  /** One page (1-based) of the faces that are shown nowhere. */
  dismissed(
    reason: Dismissal,
    { page, size = FACES_PER_PAGE }: PageOptions,
    signal?: AbortSignal,
  ): Promise<Page<Face>> {
    const search = query({ reason, page: String(page), page_size: String(size) });
    return this.transport.call(`faces/dismissed/${search}`, { signal });
  }

  /** Show dismissed faces again. */
  restore(faces: number[]): Promise<Edited> {
    return this.transport.call('faces/restore/', post({ face_ids: faces }));
  }

  /** Say that faces are a person of their own. */
  split(faces: number[], name: string): Promise<Edited> {
    const body = { face_ids: faces, person_name: name };
    return this.transport.call('persons/split/', post(body));
  }

  /** Add a face that nobody found. */
  draw(photo: string, location: PreviewBox, name: string): Promise<Edited> {
    return this.transport.call('addface', post({ photo, location, person_name: name }));
  }

  change(person: number, change: PersonChange): Promise<Edited> {
    return this.transport.call(`persons/${person}/`, { method: 'PATCH', body: change });
  }

  /** Make one person of two: the faces of the other become this person's. */
  merge(person: number, other: number): Promise<Edited> {
    return this.transport.call(`persons/${person}/merge/`, post({ person_ids: [other] }));
  }

  /** Forget a name; the faces become unknown. */
  forget(person: number): Promise<Edited> {
    return this.transport.call(`persons/${person}/forget/`, post());
  }

  /** What was done, last things first. */
  edits(page: number, size: number, signal?: AbortSignal): Promise<Page<PeopleEdit>> {
    const search = query({ page: String(page), page_size: String(size) });
    return this.transport.call(`people/edits/${search}`, { signal });
  }

  undo(edit: number): Promise<unknown> {
    return this.transport.call(`people/edits/${edit}/undo/`, post());
  }
}
