import { createContext } from 'svelte';
import type { ApiClient } from './api/client';
import type { Connection } from './api/connection.svelte';
import type { Session } from './api/session.svelte';
import type { JobActivity } from './jobs/activity.svelte';
import type { Language } from './language';
import type { People } from './people/people.svelte';
import type { Account } from './settings/account.svelte';
import type { Router } from './routing/router.svelte';
import type { Selecting } from './selection/selected.svelte';
import type { Titles } from './shell/titles.svelte';
import type { Toasts } from './toasts/toasts.svelte';
import type { UploadQueue } from './upload/queue.svelte';
import type { Drafts } from './viewer/drafts';

/** What every component of a running page may ask for; `App` provides it. */
export interface AppContext {
  client: ApiClient;
  connection: Connection;
  session: Session;
  router: Router;
  activity: JobActivity;
  people: People;
  selecting: Selecting;
  account: Account;
  toasts: Toasts;
  titles: Titles;
  drafts: Drafts;
  uploads: UploadQueue;
  language: Language;
  /** How dates and numbers are written. */
  locale: string;
}

export const [useApp, provideApp] = createContext<AppContext>();
