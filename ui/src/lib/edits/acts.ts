import { attempt } from '../api/attempt';
import type { Corrected } from '../api/types';
import type { AppContext } from '../context';
import { m } from '../paraglide/messages';
import { takeBack } from '../shell/take-back';

type App = Pick<AppContext, 'activity' | 'client' | 'toasts'>;

/**
 * Do something to photos, say so with a way back, and have lists read again. False when it
 * could not be done, which is said too.
 */
export async function correct(
  app: App,
  act: () => Promise<Corrected>,
  ondone?: () => Promise<void>,
): Promise<boolean> {
  const { activity, client, toasts } = app;
  const after = async (): Promise<void> => {
    activity.libraryChanged();
    await ondone?.();
  };
  return attempt(
    async () => {
      const { count, edit } = await act();
      const undo = edit ? () => takeBack(app, () => client.edits.undo(edit), after) : null;
      toasts.say(m.edits_done({ count }), undo);
      await after();
    },
    ({ message }) => toasts.complain(message),
  );
}
