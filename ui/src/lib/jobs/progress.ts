import type { Job, StageProgress } from '../api/types';
import { formatBytes } from '../dates/format';

const KIB = 1024;

/** Stages whose names only their makers understand. */
const TITLES: Record<string, string> = {
  metadata: 'Details',
  geocode: 'Places',
  thumbnails: 'Previews',
  embeddings: 'Meanings',
};

/** "Previews" for "thumbnails", "Face recognition" for "face_recognition". */
export function stageTitle(stage: string): string {
  const words = stage.replaceAll('_', ' ').trim();
  return TITLES[stage] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** An amount of work in words: a number, or bytes where the job counts in KiB. */
export function amountOf(job: Job, amount: number, locale: string): string {
  if (job.result.unit === 'KiB') return formatBytes(amount * KIB);
  return new Intl.NumberFormat(locale).format(amount);
}

/**
 * How far the step is that is named: "24 of 60"; the whole job where that has no stages, and
 * "" before the amount of work is known.
 */
export function countOf(job: Job, locale: string): string {
  const stage = stagesOf(job).find((each) => each.stage === job.progress_step);
  const [current, target] = stage
    ? [attempted(stage), stage.total]
    : [job.progress_current, job.progress_target];
  if (target <= 0) return '';
  return `${amountOf(job, current, locale)} of ${amountOf(job, target, locale)}`;
}

/** How many files of a stage were attempted, whatever came of them. */
export function attempted(stage: StageProgress): number {
  return stage.done + stage.failed + stage.skipped;
}

export function stagesOf(job: Job): StageProgress[] {
  return job.result.stages;
}

/** Files that the job could not process. */
export function failureCount(job: Job): number {
  return job.result.failures;
}

/** What the job has to tell beside its numbers, a sentence each. */
export function notesOf(job: Job): string[] {
  const notes = job.result.message.split('\n').filter((note) => note !== '');
  return notes.map(withoutCommand);
}

/** A note without what it tells those to type who sit at the server: the page is not there. */
export function withoutCommand(note: string): string {
  return note.replace(/[:;,]?\s*(?:please )?run `[^`]*`/i, '');
}

/** Whether a note says that a model is missing. */
export function lacksModel(note: string): boolean {
  return /model \S+ is not (?:wholly )?installed/i.test(note);
}

/** 0 to 1, or null while the job does not know how much there is to do. */
export function fractionDone(job: Job): number | null {
  if (job.progress_target <= 0) return null;
  return Math.min(1, job.progress_current / job.progress_target);
}
