import { ApiError } from '../api/errors';

/** What the server is given to know that nobody but the person asks for it. */
export interface Proof {
  current_password?: string;
}

/** Somebody is asked for their password; null is that they would rather not. */
export interface PasswordQuestion {
  /** What was wrong with the last one, or "". */
  problem: string;
  answer: (password: string | null) => void;
}

/** Asks for the password where the server does not do what it is asked to without. */
export class Confirmation {
  question = $state.raw<PasswordQuestion | null>(null);

  /** Do it, again with the password until that is right; false if it was not given. */
  async during(act: (proof: Proof) => Promise<unknown>): Promise<boolean> {
    for (let proof: Proof | null = {}; proof !== null;) {
      const refusal = await refusalOf(act, proof);
      if (refusal === null) return true;
      proof = await this.#ask(proof.current_password === undefined ? '' : refusal);
    }
    return false;
  }

  async #ask(problem: string): Promise<Proof | null> {
    const password = await new Promise<string | null>((answer) => {
      this.question = { problem, answer };
    });
    this.question = null;
    return password === null ? null : { current_password: password };
  }
}

/** What the server says of the password, null if it did what it was asked to. */
async function refusalOf(
  act: (proof: Proof) => Promise<unknown>,
  proof: Proof,
): Promise<string | null> {
  try {
    await act(proof);
    return null;
  } catch (error) {
    const about = error instanceof ApiError ? error.about('current_password') : '';
    if (about === '') throw error;
    return about;
  }
}
