import { attempt, type Failure } from '../api/attempt';
import type { ApiClient } from '../api/client';
import type { User, UserChange } from '../api/types';
import { Confirmation } from './confirmation.svelte';

/** Whoever is signed in, with what they have chosen. */
export class Account {
  /** Null until it is read. */
  user = $state.raw<User | null>(null);
  readonly confirmation = new Confirmation();

  constructor(private readonly client: ApiClient) {}

  /** Without a folder nothing is scanned or stored; until it is known that is not said. */
  get hasFolder(): boolean {
    return this.user === null || this.user.scan_directory !== '';
  }

  async load(id: number): Promise<void> {
    await attempt(async () => (this.user = await this.client.user(id)));
  }

  /** Who signs in next is somebody else. */
  forget(): void {
    this.user = null;
    this.confirmation.question?.answer(null);
  }

  /** Change something of the account; returns why that was not done, or null. */
  async change(change: UserChange): Promise<Failure | null> {
    const id = this.user?.id;
    if (id === undefined) return null;
    return this.#take((proof) => this.client.accounts.change(id, { ...change, ...proof }));
  }

  async changePicture(picture: Blob): Promise<Failure | null> {
    const id = this.user?.id;
    if (id === undefined) return null;
    return this.#take(() => this.client.accounts.changePicture(id, picture));
  }

  async #take(act: (proof: object) => Promise<User>): Promise<Failure | null> {
    let failure: Failure | null = null;
    await attempt(
      () => this.confirmation.during(async (proof) => (this.user = await act(proof))),
      (found) => (failure = found),
    );
    return failure;
  }
}
