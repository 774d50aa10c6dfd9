import { attempt } from '../api/attempt';
import type { Corrected } from '../api/types';
import type { AppContext } from '../context';
import { m } from '../paraglide/messages';

type App = Pick<AppContext, 'activity' | 'client' | 'toasts'>;

/**
 * Do something to photos, say so with a way back, and have lists read again. False when it
 * could not be done, which is said too.
 */
export async function correct(
  { activity, client, toasts }: App,
  act: () => Promise<Corrected>,
  ondone?: () => Promise<void>,
): Promise<boolean> {
  const after = async (): Promise<void> => {
    activity.libraryChanged();
    await ondone?.();
  };
  return attempt(
    async () => {
      const { count, edit } = await act();
      const undo = (): Promise<void> =>
        attempt(
          async () => {
            if (edit) await client.edits.undo(edit);
            toasts.say(m.common_undone());
            await after();
          },
          ({ message }) => toasts.complain(message),
        ).then(() => undefined);
      toasts.say(m.edits_done({ count }), edit ? undo : null);
      await after();
    },
    ({ message }) => toasts.complain(message),
  );
}
