import { ApiError, Unreachable, isAbort } from './errors';

/** Why the server did not do what it was asked: it said no, or it was not there. */
export type Failure = ApiError | Unreachable;

export function isFailure(error: unknown): error is Failure {
  return error instanceof ApiError || error instanceof Unreachable;
}

/** Whether the server knows nothing of what was asked for, or does not tell whoever asked. */
export function isNotFound(failure: Failure | null): boolean {
  return failure instanceof ApiError && failure.status === 404;
}

/**
 * Do what the server may fail to do, and tell `onfailure` why it did; without that it is
 * passed over. True when it was done. What was taken back meanwhile (an aborted question)
 * was not done, and is no failure; any other error is a fault of ours, and is raised.
 */
export async function attempt(
  act: () => Promise<unknown>,
  onfailure?: (failure: Failure) => void,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (isAbort(error)) return false;
    if (!isFailure(error)) throw error;
    onfailure?.(error);
    return false;
  }
}
