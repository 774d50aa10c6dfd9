import type { ApiClient } from '../api/client';
import { attempt } from '../api/attempt';
import type { Edited } from '../api/people';
import type { Dismissal, Person, PersonChange } from '../api/types';
import type { PreviewBox } from '../api/types';
import type { JobActivity } from '../jobs/activity.svelte';
import type { Toasts } from '../toasts/toasts.svelte';
import { m } from '../paraglide/messages';

/** A worker looks at unknown faces again after a change; by then it has. */
const RESCORED_MS = 2500;

/** The people of the library, and what can be said of them; each thing can be undone. */
export class People {
  /** Those with a name; null until they are read. */
  named = $state.raw<Person[] | null>(null);
  /** Grows whenever faces or people may have changed. */
  version = $state(0);
  #isStale = false;

  constructor(
    private readonly client: ApiClient,
    private readonly activity: JobActivity,
    private readonly toasts: Toasts,
  ) {}

  async load(signal?: AbortSignal): Promise<void> {
    const lists = [false, true].map((hidden) => this.client.people.named(hidden, signal));
    this.named = (await Promise.all(lists)).flat();
    this.#isStale = false;
  }

  /** Read them, unless they are known as they are. */
  async ensure(): Promise<void> {
    if (this.#isStale || this.named === null) await this.load();
  }

  /** Somebody with this very name. */
  byName(name: string): Person | undefined {
    return this.named?.find((person) => person.name === name);
  }

  /** Another person signs in. */
  reset(): void {
    this.named = null;
  }

  label(faces: number[], name: string): Promise<boolean> {
    const done = m.people_done_named({ count: faces.length, name });
    return this.#doWith(faces, done, () => this.client.people.label(faces, name));
  }

  /** Say that faces are not who they are shown as, by that one's name. */
  reject(faces: number[], name: string): Promise<boolean> {
    const done = m.people_done_not({ count: faces.length, name });
    return this.#doWith(faces, done, () => this.client.people.reject(faces));
  }

  dismiss(faces: number[], reason: Dismissal): Promise<boolean> {
    const say = reason === 'ignored' ? m.people_done_ignored : m.people_done_not_a_face;
    const done = say({ count: faces.length });
    return this.#doWith(faces, done, () => this.client.people.dismiss(faces, reason));
  }

  restore(faces: number[]): Promise<boolean> {
    const done = m.people_done_restored({ count: faces.length });
    return this.#doWith(faces, done, () => this.client.people.restore(faces));
  }

  split(faces: number[], name: string): Promise<boolean> {
    const done = m.people_done_split({ count: faces.length, name });
    return this.#doWith(faces, done, () => this.client.people.split(faces, name));
  }

  draw(photo: string, box: PreviewBox, name: string): Promise<boolean> {
    const done = name === '' ? m.people_done_face_added() : m.people_done_face_of_added({ name });
    return this.#do(done, () => this.client.people.draw(photo, box, name));
  }

  change(person: number, change: PersonChange, done: string): Promise<boolean> {
    return this.#do(done, () => this.client.people.change(person, change));
  }

  merge(into: Pick<Person, 'id' | 'name'>, other: Pick<Person, 'id' | 'name'>): Promise<boolean> {
    const done = m.people_done_merged({ name: other.name, into: into.name });
    return this.#do(done, () => this.client.people.merge(into.id, other.id));
  }

  forget(person: Pick<Person, 'id' | 'name'>): Promise<boolean> {
    const done = m.people_done_forgotten({ name: person.name });
    return this.#do(done, () => this.client.people.forget(person.id));
  }

  /** Take an edit back. */
  async undo(edit: number): Promise<boolean> {
    const undone = await this.#attempt(() => this.client.people.undo(edit));
    if (undone) this.toasts.say(m.common_undone());
    return undone;
  }

  /** Change something, say so with a way back, and have everything read again. */
  async #do(done: string, change: () => Promise<Edited>): Promise<boolean> {
    return this.#attempt(async () => {
      const { edit } = await change();
      this.toasts.say(done, edit === null ? null : async () => void (await this.undo(edit)));
    });
  }

  /** The same with some faces; of a group none may be left, if another tab was faster. */
  async #doWith(faces: number[], done: string, change: () => Promise<Edited>): Promise<boolean> {
    if (faces.length > 0) return this.#do(done, change);
    this.toasts.complain(m.people_too_late());
    this.#readAgain();
    return false;
  }

  async #attempt(act: () => Promise<unknown>): Promise<boolean> {
    const isDone = await attempt(act, ({ message }) => this.toasts.complain(message));
    if (!isDone) return false;
    this.#readAgain();
    this.activity.libraryChanged();
    setTimeout(() => (this.version += 1), RESCORED_MS);
    return true;
  }

  #readAgain(): void {
    this.#isStale = true;
    this.version += 1;
  }
}
