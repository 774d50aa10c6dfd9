import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/errors';
import { Confirmation, type Proof } from './confirmation.svelte';

/** What asks for a password, of which one is right. */
function guarded(right: string): { act: (proof: Proof) => Promise<void>; given: Proof[] } {
  const given: Proof[] = [];
  const act = async (proof: Proof): Promise<void> => {
    given.push(proof);
    if (proof.current_password === right) return;
    throw new ApiError(400, [{ field: 'current_password', message: 'not this' }]);
  };
  return { act, given };
}

async function answer(confirmation: Confirmation, password: string | null): Promise<string> {
  await expect.poll(() => confirmation.question).not.toBeNull();
  const { question } = confirmation;
  question?.answer(password);
  await expect.poll(() => confirmation.question).not.toBe(question);
  return question?.problem ?? 'not asked';
}

describe('a confirmation', () => {
  it('asks nothing where the server does not', async () => {
    const confirmation = new Confirmation();
    expect(await confirmation.during(async () => undefined)).toBe(true);
    expect(confirmation.question).toBeNull();
  });

  it('asks until the password is right', async () => {
    const confirmation = new Confirmation();
    const { act, given } = guarded('secret');
    const done = confirmation.during(act);
    expect(await answer(confirmation, 'guess')).toBe('');
    expect(await answer(confirmation, 'secret')).toBe('not this');
    expect(await done).toBe(true);
    expect(given.map((proof) => proof.current_password)).toEqual([undefined, 'guess', 'secret']);
  });

  it('does nothing for whoever gives none', async () => {
    const confirmation = new Confirmation();
    const done = confirmation.during(guarded('secret').act);
    await answer(confirmation, null);
    expect(await done).toBe(false);
  });

  it('passes other refusals on', async () => {
    const refusal = new ApiError(400, [{ field: 'email', message: 'no address' }]);
    const act = (): Promise<never> => Promise.reject(refusal);
    await expect(new Confirmation().during(act)).rejects.toBe(refusal);
  });
});
