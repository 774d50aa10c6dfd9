import type { Job, StageProgress } from '../api/types';
import { formatBytes } from '../dates/format';
import { m } from '../paraglide/messages';

const KIB = 1024;

/** What jobs are called, by the server's numbers of their kinds. */
const KINDS: Record<number, () => string> = {
  1: m.jobs_kind_scan,
  4: m.jobs_kind_train_faces,
  5: m.jobs_kind_delete_missing,
  6: m.jobs_kind_embeddings,
  7: m.jobs_kind_scan_faces,
  8: m.jobs_kind_similar_faces,
  9: m.jobs_kind_archive,
  10: m.jobs_kind_models,
  12: m.jobs_kind_tags,
  13: m.jobs_kind_face_embeddings,
  17: m.jobs_kind_categories,
  19: m.jobs_kind_captions,
};

const STAGES: Record<string, () => string> = {
  files: m.jobs_stage_files,
  download: m.jobs_stage_download,
  archive: m.jobs_stage_archive,
  metadata: m.jobs_stage_metadata,
  geocode: m.jobs_stage_geocode,
  dates: m.jobs_stage_dates,
  thumbnails: m.jobs_stage_thumbnails,
  faces: m.jobs_stage_faces,
  embeddings: m.jobs_stage_embeddings,
  scenes: m.jobs_stage_scenes,
  tags: m.jobs_stage_tags,
  captions: m.jobs_stage_captions,
  categories: m.jobs_stage_categories,
  'group faces': m.jobs_stage_group_faces,
  'recognise faces': m.jobs_stage_recognise_faces,
};

/** "Scan Photos"; of a kind that the page doesn't know, what the server calls it. */
export function jobTitle(job: Job): string {
  return KINDS[job.job_type]?.() ?? job.job_type_str;
}

/** "Previews" for "thumbnails"; of a stage that the page doesn't know, its name as words. */
export function stageTitle(stage: string): string {
  const words = stage.replaceAll('_', ' ').trim();
  return STAGES[stage]?.() ?? words.charAt(0).toUpperCase() + words.slice(1);
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
  return m.jobs_done_of_all({
    done: amountOf(job, current, locale),
    all: amountOf(job, target, locale),
  });
}

/**
 * How far a scan is, in words: photos are visible once they are known, and get their previews
 * after that. "" for another job, and for a scan that has found nothing new.
 */
export function scanSoFar(job: Job, locale: string): string {
  const [files, previews] = ['files', 'thumbnails'].map((name) =>
    stagesOf(job).find((each) => each.stage === name),
  );
  if (!files || !previews) return '';
  // While files are read, nobody knows how many photos they are.
  const isRead = attempted(files) >= files.total;
  const all = isRead ? previews.total : Math.max(files.total - files.failed, previews.total);
  const told = (amount: number): string => amountOf(job, amount, locale);
  return m.jobs_scan_now({
    visible: told(visibleBy(job)),
    found: told(files.total),
    made: told(previews.done),
    left: told(Math.max(0, all - attempted(previews))),
  });
}

/** How many photos a scan has made visible. */
export function visibleBy(job: Job): number {
  const dates = stagesOf(job).find(({ stage }) => stage === 'dates');
  return dates ? attempted(dates) : 0;
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

/** How a job stands, in a word. */
export interface Standing {
  kind: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  text: string;
}

export function standingOf(job: Job): Standing {
  if (job.cancelled) return { kind: 'cancelled', text: m.jobs_standing_cancelled() };
  if (job.failed) return { kind: 'failed', text: m.jobs_standing_failed() };
  if (job.finished) return { kind: 'done', text: m.jobs_standing_done() };
  if (job.started_at === null) return { kind: 'waiting', text: m.jobs_standing_waiting() };
  return { kind: 'running', text: m.jobs_standing_running() };
}
