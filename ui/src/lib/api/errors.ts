import { m } from '../paraglide/messages';
import type { FieldError } from './types';

/** The server answered, and said no. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly errors: FieldError[],
  ) {
    super(errors.map((error) => error.message).join(' ') || m.api_refused({ status }));
    this.name = 'ApiError';
  }

  /** Read the error envelope of an answer; an answer without one keeps its status. */
  static from(status: number, text: string): ApiError {
    return new ApiError(status, fieldErrors(parseJson(text)));
  }

  /** What the server says about one form field, or "". */
  about(field: string): string {
    return this.errors.find((error) => error.field === field)?.message ?? '';
  }
}

/** Who asked is not signed in here any more; nothing is for them to see. */
export class SessionEnded extends ApiError {
  constructor() {
    super(401, [{ field: 'detail', message: m.api_session_ended() }]);
    this.name = 'SessionEnded';
  }
}

/** No answer came: the server is away, or the network is. */
export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super(m.api_unreachable(), options);
    this.name = 'Unreachable';
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fieldErrors(body: unknown): FieldError[] {
  if (typeof body !== 'object' || body === null || !('errors' in body)) return [];
  return Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
}
