import { createContext } from 'svelte';
import type { ApiClient } from './api/client';
import type { Connection } from './api/connection.svelte';
import type { Session } from './api/session.svelte';
import type { JobActivity } from './jobs/activity.svelte';
import type { Router } from './routing/router.svelte';

/** What every component of a running page may ask for; `App` provides it. */
export interface AppContext {
  client: ApiClient;
  connection: Connection;
  session: Session;
  router: Router;
  activity: JobActivity;
  /** How dates are written. */
  locale: string;
}

export const [useApp, provideApp] = createContext<AppContext>();
