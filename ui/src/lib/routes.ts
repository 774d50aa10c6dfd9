import type { TimelineFilter } from './api/types';
import JobFailures from './jobs/JobFailures.svelte';
import Problems from './jobs/Problems.svelte';
import Models from './models/Models.svelte';
import Changes from './people/Changes.svelte';
import DismissedFaces from './people/DismissedFaces.svelte';
import PeoplePage from './people/PeoplePage.svelte';
import PersonPage from './people/PersonPage.svelte';
import type { PersonPart } from './routing/addresses';
import { route, type Route } from './routing/route';
import SearchResults from './search/SearchResults.svelte';
import Unknown from './shell/Unknown.svelte';
import ThingPage from './things/ThingPage.svelte';
import Things from './things/Things.svelte';
import RecentlyAdded from './timeline/RecentlyAdded.svelte';
import Timeline from './timeline/Timeline.svelte';

const timelineOf = (filter: TimelineFilter) => () => ({ filter });

/** Every address of the library and what is shown there, in the order of the menu. */
export const ROUTES: readonly Route[] = [
  route({
    name: 'timeline',
    path: '/',
    title: 'Timeline',
    screen: Timeline,
    props: timelineOf('all'),
    menu: { icon: 'photos' },
  }),
  route({
    name: 'people',
    path: '/people',
    title: 'People',
    screen: PeoplePage,
    menu: { icon: 'people' },
  }),
  route({
    name: 'people-changes',
    path: '/people/changes',
    title: 'Changes to people',
    screen: Changes,
    under: 'people',
  }),
  route({
    name: 'people-dismissed',
    path: '/people/dismissed',
    title: 'Faces not shown',
    screen: DismissedFaces,
    under: 'people',
  }),
  route({
    name: 'person',
    path: /^\/people\/(?<id>\d+)(?:\/(?<part>photos|faces|guesses))?$/,
    title: 'People',
    screen: PersonPage,
    props: ({ id, part = 'photos' }) => ({ id: Number(id), part: part as PersonPart }),
    identity: 'id',
    under: 'people',
  }),
  route({
    name: 'things',
    path: '/things',
    title: 'Things',
    screen: Things,
    menu: { icon: 'things' },
  }),
  route({
    name: 'thing',
    path: /^\/things\/(?<id>\d+)$/,
    title: 'Things',
    screen: ThingPage,
    props: ({ id }) => ({ id: Number(id) }),
    identity: 'id',
    under: 'things',
  }),
  route({
    name: 'favourites',
    path: '/favourites',
    title: 'Favourites',
    screen: Timeline,
    props: timelineOf('favorite'),
    menu: { icon: 'heart' },
  }),
  route({
    name: 'recent',
    path: '/recent',
    title: 'Recently added',
    screen: RecentlyAdded,
    menu: { icon: 'recent' },
  }),
  route({
    name: 'hidden',
    path: '/hidden',
    title: 'Hidden',
    screen: Timeline,
    props: timelineOf('hidden'),
    menu: { icon: 'hidden' },
  }),
  route({
    name: 'trash',
    path: '/trash',
    title: 'Trash',
    screen: Timeline,
    props: timelineOf('in_trashcan'),
    menu: { icon: 'trash' },
  }),
  route({
    name: 'models',
    path: '/models',
    title: 'Models',
    screen: Models,
    menu: { icon: 'models', isShown: ({ session }) => session.claims?.is_admin ?? false },
  }),
  route({
    name: 'problems',
    path: '/problems',
    title: 'Problems',
    screen: Problems,
    menu: {
      icon: 'warning',
      isShown: ({ activity }) => activity.failedFiles > 0,
      count: ({ activity }) => activity.failedFiles,
    },
  }),
  route({
    name: 'failures',
    path: /^\/failures\/(?<jobId>[^/]+)$/,
    title: 'Files that could not be processed',
    screen: JobFailures,
    props: ({ jobId = '' }) => ({ jobId }),
    identity: 'jobId',
  }),
  route({
    name: 'search',
    path: '/search',
    query: ['q'],
    title: 'Search',
    screen: SearchResults,
    props: ({ q = '' }) => ({ text: q }),
    identity: 'q',
  }),
  route({
    name: 'unknown',
    path: /^/,
    title: 'There is nothing here',
    screen: Unknown,
  }),
];
