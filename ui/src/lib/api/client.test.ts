import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient } from './client';
import { Connection } from './connection.svelte';
import { ApiError, SessionEnded, Unreachable } from './errors';
import { Session } from './session.svelte';

/** A server in a function: answers by path, and notes what it was asked. */
type Answer = (request: { path: string; token: string; body: unknown }) => Response;

function token(name: string, life = 300, user = 1): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { user_id: user, name, is_admin: true, iat: now, exp: now + life };
  return `x.${btoa(JSON.stringify(claims))}.${name}`;
}

function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: (index) => [...values.keys()][index] ?? null,
    removeItem: (key) => void values.delete(key),
    setItem: (key, value) => void values.set(key, value),
  };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

const refused = (): Response => json({ errors: [{ field: 'detail', message: 'No.' }] }, 401);

describe('ApiClient', () => {
  let session: Session;
  let storage: Storage;
  let connection: Connection;
  let client: ApiClient;
  let asked: string[];

  function serve(answer: Answer): void {
    vi.stubGlobal('fetch', async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const path = pathname + search;
      asked.push(path);
      const sent = request.headers.get('Authorization') ?? '';
      const body: unknown = JSON.parse((await request.text()) || 'null');
      return answer({ path, token: sent.replace('Bearer ', ''), body });
    });
  }

  beforeEach(() => {
    asked = [];
    storage = memoryStorage();
    session = new Session(storage);
    connection = new Connection();
    vi.stubGlobal('location', { origin: 'http://localhost' });
    client = new ApiClient(session, connection);
  });

  afterEach(() => vi.unstubAllGlobals());

  it('signs in with a user name in lower case', async () => {
    let body: unknown;
    serve((request) => {
      body = request.body;
      return json({ access: token('ann'), refresh: 'r1' });
    });
    await client.signIn(' Ann ', 'secret');
    expect(body).toEqual({ username: 'ann', password: 'secret' });
    expect(session.claims?.name).toBe('ann');
    expect(session.refresh).toBe('r1');
  });

  it('renews a refused token once and repeats the call', async () => {
    const fresh = token('fresh');
    session.accept({ access: token('old'), refresh: 'r1' });
    serve(({ path, token: sent }) => {
      if (path === '/api/auth/token/refresh/') return json({ access: fresh });
      return sent === fresh ? json({ results: [] }) : refused();
    });
    expect(await client.days('all')).toEqual({ results: [] });
    expect(asked).toEqual([
      '/api/timeline/days/',
      '/api/auth/token/refresh/',
      '/api/timeline/days/',
    ]);
  });

  it('renews a token before it runs out', async () => {
    session.accept({ access: token('old', 0), refresh: 'r1' });
    serve(({ path }) =>
      path.includes('refresh') ? json({ access: token('fresh') }) : json({ results: [] }),
    );
    await client.days('favorite');
    expect(asked).toEqual(['/api/auth/token/refresh/', '/api/timeline/days/?favorite=true']);
  });

  it('renews once for calls that are refused together', async () => {
    const fresh = token('fresh');
    session.accept({ access: token('old'), refresh: 'r1' });
    serve(({ path, token: sent }) => {
      if (path.includes('refresh')) return json({ access: fresh });
      return sent === fresh ? json({ results: [] }) : refused();
    });
    await Promise.all([client.days('all'), client.days('hidden'), client.days('in_trashcan')]);
    expect(asked.filter((path) => path.includes('refresh'))).toHaveLength(1);
  });

  it('signs out when the refresh token is refused too', async () => {
    session.accept({ access: token('old'), refresh: 'r1' });
    serve(refused);
    await expect(client.days('all')).rejects.toBeInstanceOf(ApiError);
    expect(session.claims).toBeNull();
    expect(session.refresh).toBe('');
  });

  it('forgets who was signed in even when the server is away', async () => {
    session.accept({ access: token('ann'), refresh: 'r1' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await client.signOut();
    expect(session.claims).toBeNull();
    expect(session.access).toBe('');
    expect(session.refresh).toBe('');
  });

  it('tells when the server is away, and when it is back', async () => {
    session.accept({ access: token('ann'), refresh: 'r1' });
    serve(() => new Response('', { status: 502 }));
    await expect(client.worker()).rejects.toBeInstanceOf(Unreachable);
    expect(connection.reachable).toBe(false);
    serve(() => json({}));
    await client.worker();
    expect(connection.reachable).toBe(true);
    expect(connection.restored).toBe(1);
  });

  it('does not take an answer to an earlier question for the return of the server', async () => {
    session.accept({ access: token('ann'), refresh: 'r1' });
    serve(({ path }) =>
      path.includes('jobs') ? json({ results: [] }) : new Response('', { status: 503 }),
    );
    await Promise.all([client.worker().catch(() => null), client.latestJobs(1)]);
    expect(connection.reachable).toBe(false);
    expect(connection.restored).toBe(0);
    await client.latestJobs(1);
    expect(connection.restored).toBe(1);
  });

  it('does nothing in the name of who signed in meanwhile in another tab', async () => {
    const ben = token('ben', 300, 2);
    session.accept({ access: token('ann', 0), refresh: token('ann') });
    const other = new Session(storage);
    serve(({ path }) => {
      if (path.includes('refresh')) other.accept({ access: ben, refresh: ben });
      return json({ access: token('ann') });
    });
    await expect(client.setHidden(['a'], true)).rejects.toBeInstanceOf(SessionEnded);
    expect(asked.some((path) => path.includes('photosedit'))).toBe(false);
    expect(session.ending).toBe('unsaved');
    expect(session.refresh).toBe(ben);
  });

  it('gives nobody an answer that another user asked for', async () => {
    const ben = token('ben', 300, 2);
    session.accept({ access: token('ann'), refresh: token('ann') });
    serve(() => {
      new Session(storage).accept({ access: ben, refresh: ben });
      return json({ results: ['private'] });
    });
    await expect(client.days('all')).rejects.toBeInstanceOf(SessionEnded);
    expect(session.claims).toBeNull();
    expect(session.ending).toBe('ended');
    expect(session.refresh).toBe(ben);
  });

  it('reports what the server says about a field', async () => {
    const errors = [{ field: 'username', message: 'This name is taken.' }];
    serve(() => json({ errors }, 400));
    const user = { username: 'ann', password: 'x', email: '', first_name: '', last_name: '' };
    const error = await client.createUser(user).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).about('username')).toBe('This name is taken.');
    expect((error as ApiError).about('email')).toBe('');
  });

  it('survives an error page that is not JSON', async () => {
    session.accept({ access: token('ann'), refresh: 'r1' });
    serve(() => new Response('<h1>Error</h1>', { status: 500 }));
    await expect(client.worker()).rejects.toThrow('The server answered 500.');
  });
});
