import AdministrationPage from './administration/AdministrationPage.svelte';
import FirstSteps from './administration/FirstSteps.svelte';
import AlbumPage from './albums/AlbumPage.svelte';
import Albums from './albums/Albums.svelte';
import type { AlbumKindName } from './albums/kinds';
import UserAlbumPage from './albums/UserAlbumPage.svelte';
import type { TimelineFilter } from './api/types';
import LinksPage from './links/LinksPage.svelte';
import JobFailures from './jobs/JobFailures.svelte';
import Problems from './jobs/Problems.svelte';
import Models from './models/Models.svelte';
import { m } from './paraglide/messages';
import Changes from './people/Changes.svelte';
import DismissedFaces from './people/DismissedFaces.svelte';
import PeoplePage from './people/PeoplePage.svelte';
import PersonPage from './people/PersonPage.svelte';
import Places from './places/Places.svelte';
import { SHARED_BY_ME, SHARED_WITH_ME, type PersonPart } from './routing/addresses';
import { route, type Params, type Route } from './routing/route';
import SettingsPage from './settings/SettingsPage.svelte';
import SearchResults from './search/SearchResults.svelte';
import Shared from './sharing/Shared.svelte';
import Unknown from './shell/Unknown.svelte';
import Tags from './tags/Tags.svelte';
import Things from './things/Things.svelte';
import RecentlyAdded from './timeline/RecentlyAdded.svelte';
import Timeline from './timeline/Timeline.svelte';

const timelineOf = (filter: TimelineFilter) => () => ({ filter });

const albumOf =
  (kind: AlbumKindName) =>
  ({ id }: Params) => ({ id: Number(id), kind });

/** Every address of the library and what is shown there, in the order of the menus. */
export const ROUTES: readonly Route[] = [
  route({
    name: 'timeline',
    path: '/',
    title: m.shell_title_photos,
    screen: Timeline,
    props: timelineOf('all'),
    menu: { icon: 'photos', group: 'library' },
  }),
  route({
    name: 'people',
    path: '/people',
    title: m.shell_title_people,
    screen: PeoplePage,
    menu: { icon: 'people', group: 'library' },
  }),
  route({
    name: 'people-changes',
    path: '/people/changes',
    title: m.shell_title_people_changes,
    screen: Changes,
    under: 'people',
  }),
  route({
    name: 'people-dismissed',
    path: '/people/dismissed',
    title: m.shell_title_people_dismissed,
    screen: DismissedFaces,
    under: 'people',
  }),
  route({
    name: 'person',
    path: /^\/people\/(?<id>\d+)(?:\/(?<part>photos|faces|guesses))?$/,
    title: m.shell_title_people,
    screen: PersonPage,
    props: ({ id, part = 'photos' }) => ({ id: Number(id), part: part as PersonPart }),
    identity: 'id',
    under: 'people',
  }),
  route({
    name: 'places',
    path: '/places',
    title: m.shell_title_places,
    screen: Places,
    menu: { icon: 'places', group: 'library' },
  }),
  route({
    name: 'place',
    path: /^\/places\/(?<id>\d+)$/,
    title: m.shell_title_places,
    screen: AlbumPage,
    props: albumOf('places'),
    identity: 'id',
    under: 'places',
  }),
  route({
    name: 'albums',
    path: '/albums',
    title: m.shell_title_albums,
    screen: Albums,
    menu: { icon: 'albums', group: 'library' },
  }),
  route({
    name: 'album',
    path: /^\/albums\/(?<id>\d+)$/,
    title: m.shell_title_albums,
    screen: UserAlbumPage,
    props: ({ id }) => ({ id: Number(id) }),
    identity: 'id',
    under: 'albums',
  }),
  route({
    name: 'shared-with-me',
    path: SHARED_WITH_ME,
    title: m.sharing_with_me,
    screen: Shared,
    props: () => ({ by: 'others' as const }),
    under: 'albums',
  }),
  route({
    name: 'shared-by-me',
    path: SHARED_BY_ME,
    title: m.sharing_by_me,
    screen: Shared,
    props: () => ({ by: 'me' as const }),
    under: 'albums',
  }),
  route({
    name: 'things',
    path: '/things',
    title: m.shell_title_things,
    screen: Things,
    under: 'albums',
  }),
  route({
    name: 'thing',
    path: /^\/things\/(?<id>\d+)$/,
    title: m.shell_title_things,
    screen: AlbumPage,
    props: albumOf('things'),
    identity: 'id',
    under: 'albums',
  }),
  route({
    name: 'tags',
    path: '/tags',
    title: m.shell_title_tags,
    screen: Tags,
    under: 'albums',
  }),
  route({
    name: 'tag',
    path: /^\/tags\/(?<id>\d+)$/,
    title: m.shell_title_tags,
    screen: AlbumPage,
    props: albumOf('tags'),
    identity: 'id',
    under: 'albums',
  }),
  route({
    name: 'recent',
    path: '/recent',
    title: m.shell_title_recent,
    screen: RecentlyAdded,
    under: 'albums',
  }),
  route({
    name: 'favourites',
    path: '/favourites',
    title: m.shell_title_favourites,
    screen: Timeline,
    props: timelineOf('favorite'),
    menu: { icon: 'heart', group: 'apart' },
  }),
  route({
    name: 'hidden',
    path: '/hidden',
    title: m.shell_title_hidden,
    screen: Timeline,
    props: timelineOf('hidden'),
    menu: { icon: 'hidden', group: 'apart' },
  }),
  route({
    name: 'trash',
    path: '/trash',
    title: m.shell_title_trash,
    screen: Timeline,
    props: timelineOf('in_trashcan'),
    menu: { icon: 'trash', group: 'apart' },
  }),
  route({
    name: 'settings',
    path: '/settings',
    title: m.shell_title_settings,
    screen: SettingsPage,
    props: () => ({ part: 'profile' }),
    menu: { icon: 'settings', group: 'account' },
  }),
  route({
    name: 'settings-part',
    path: /^\/settings\/(?<part>[a-z]+)$/,
    title: m.shell_title_settings,
    screen: SettingsPage,
    props: ({ part = '' }) => ({ part }),
    under: 'settings',
  }),
  route({
    name: 'admin',
    path: '/admin',
    title: m.shell_title_admin,
    screen: AdministrationPage,
    props: () => ({ part: 'users' }),
    menu: {
      icon: 'admin',
      group: 'account',
      isShown: ({ session }) => session.claims?.is_admin ?? false,
    },
  }),
  route({
    name: 'admin-part',
    path: /^\/admin\/(?<part>[a-z]+)$/,
    title: m.shell_title_admin,
    screen: AdministrationPage,
    props: ({ part = '' }) => ({ part }),
    under: 'admin',
  }),
  route({
    name: 'first-steps',
    path: '/first-steps',
    title: m.admin_first_title,
    screen: FirstSteps,
  }),
  route({
    name: 'models',
    path: '/models',
    title: m.shell_title_models,
    screen: Models,
    menu: {
      icon: 'models',
      group: 'account',
      isShown: ({ session }) => session.claims?.is_admin ?? false,
    },
  }),
  route({
    name: 'problems',
    path: '/problems',
    title: m.shell_title_problems,
    screen: Problems,
    menu: {
      icon: 'warning',
      group: 'account',
      isShown: ({ activity }) => activity.failedFiles > 0,
      count: ({ activity }) => activity.failedFiles,
    },
  }),
  route({
    name: 'links',
    path: '/links',
    title: m.links_all,
    screen: LinksPage,
    menu: { icon: 'link', group: 'account' },
  }),
  route({
    name: 'failures',
    path: /^\/failures\/(?<jobId>[^/]+)$/,
    title: m.shell_title_failures,
    screen: JobFailures,
    props: ({ jobId = '' }) => ({ jobId }),
    identity: 'jobId',
  }),
  route({
    name: 'search',
    path: '/search',
    query: ['q'],
    title: m.shell_title_search,
    screen: SearchResults,
    props: ({ q = '' }) => ({ text: q }),
    identity: 'q',
  }),
  route({
    name: 'unknown',
    path: /^/,
    title: m.shell_title_unknown,
    screen: Unknown,
  }),
];
