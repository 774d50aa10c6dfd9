import { describe, expect, it, vi } from 'vitest';
import { attempt, isNotFound } from './attempt';
import { ApiError, SessionEnded, Unreachable } from './errors';

const refused = new ApiError(400, [{ field: 'name', message: 'Too long.' }]);

describe('attempt', () => {
  it('tells that it was done', async () => {
    const onfailure = vi.fn();
    expect(await attempt(() => Promise.resolve(), onfailure)).toBe(true);
    expect(onfailure).not.toHaveBeenCalled();
  });

  it.each([refused, new SessionEnded(), new Unreachable()])('tells of $name', async (failure) => {
    const onfailure = vi.fn();
    expect(await attempt(() => Promise.reject(failure), onfailure)).toBe(false);
    expect(onfailure).toHaveBeenCalledExactlyOnceWith(failure);
  });

  it('passes over a failure that nobody asked for', async () => {
    expect(await attempt(() => Promise.reject(refused))).toBe(false);
  });

  it('takes a question that was taken back for no failure', async () => {
    const onfailure = vi.fn();
    const aborted = AbortSignal.abort();
    expect(await attempt(() => Promise.reject(aborted.reason as Error), onfailure)).toBe(false);
    expect(onfailure).not.toHaveBeenCalled();
  });

  it.each([
    new TypeError('Cannot read properties of null'),
    new DOMException('The quota is full.', 'QuotaExceededError'),
  ])('hides no fault of our own: $name', async (fault) => {
    const onfailure = vi.fn();
    await expect(attempt(() => Promise.reject(fault), onfailure)).rejects.toBe(fault);
    expect(onfailure).not.toHaveBeenCalled();
  });

  it('raises what fails in telling', async () => {
    const fault = new RangeError('Nowhere to tell it.');
    const tell = (): never => {
      throw fault;
    };
    await expect(attempt(() => Promise.reject(refused), tell)).rejects.toBe(fault);
  });
});

it('knows what is not there from what is refused', () => {
  expect(isNotFound(new ApiError(404, []))).toBe(true);
  expect(isNotFound(refused)).toBe(false);
  expect(isNotFound(new Unreachable())).toBe(false);
  expect(isNotFound(null)).toBe(false);
});
