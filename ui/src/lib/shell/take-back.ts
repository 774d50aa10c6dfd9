import { attempt } from '../api/attempt';
import type { AppContext } from '../context';
import { m } from '../paraglide/messages';

type App = Pick<AppContext, 'activity' | 'toasts'>;

/** Undo what was done to photos, say so, and have lists read again; say why it failed. */
export async function takeBack(
  { activity, toasts }: App,
  undo: () => Promise<unknown>,
  after: () => unknown = () => activity.libraryChanged(),
): Promise<void> {
  await attempt(
    async () => {
      await undo();
      toasts.say(m.common_undone());
      await after();
    },
    ({ message }) => toasts.complain(message),
  );
}
