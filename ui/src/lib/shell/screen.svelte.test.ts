// @vitest-environment jsdom
import { flushSync, mount, unmount, type Component } from 'svelte';
import { expect, it, onTestFinished } from 'vitest';
import { route, viewAt, type Route, type View } from '../routing/route';
import Screen from './Screen.svelte';

interface Person {
  id: number;
  part: string;
}

/** What the screen was given, read as late as a screen that waits for an answer reads it. */
let given: Person;
const Probe: Component<Person> = (_anchor, props) => {
  given = props;
  return {};
};

const table: readonly Route[] = [
  route({
    name: 'person',
    path: /^\/people\/(?<id>\d+)(?:\/(?<part>faces))?$/,
    title: () => 'Person',
    screen: Probe,
    props: ({ id, part = 'photos' }) => ({ id: Number(id), part }),
    identity: 'id',
  }),
];
const at = (address: string): View => viewAt(address, table);

function show(address: string): (other: string) => void {
  const props = $state({ view: at(address), onsequence: (): void => undefined });
  const screen = mount(Screen, { target: document.body, props });
  onTestFinished(() => unmount(screen));
  return (other) =>
    flushSync(() => {
      props.view = at(other);
    });
}

it('gives its screen what the address says, and what it says later', () => {
  const go = show('/people/7');
  expect([given.id, given.part]).toEqual([7, 'photos']);
  go('/people/7/faces');
  expect([given.id, given.part]).toEqual([7, 'faces']);
});

it('gives a screen that goes nothing of the view that comes', () => {
  const go = show('/people/7/faces');
  go('/people/8');
  expect([given.id, given.part]).toEqual([7, 'faces']);
});
