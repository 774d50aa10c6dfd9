import { answerOf, type Api } from './transport';

/** Take changes of many photos back, the latest first; say how many are as they were. */
export async function undoEdits(
  api: Api,
  edits: readonly number[],
): Promise<{ count: number; kept: number }> {
  const totals = { count: 0, kept: 0 };
  for (const edit of edits.toReversed()) {
    const params = { path: { edit_id: String(edit) } };
    const part = await answerOf(api.POST('/api/photosedit/edits/{edit_id}/undo/', { params }));
    totals.count += part.count;
    totals.kept += part.kept;
  }
  return totals;
}
