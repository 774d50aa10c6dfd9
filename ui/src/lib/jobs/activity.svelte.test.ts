import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ApiClient } from '../api/client';
import { jobResult } from '../api/samples';
import type { Job } from '../api/types';
import { JobActivity } from './activity.svelte';

const POLL_MS = 2000;
const faces = jobOf('faces', 7);
const scan = jobOf('scan', 1);

function jobOf(id: string, kind: number): Job {
  const progress = { progress_current: 0, progress_target: 1, progress_step: '' };
  const state = { finished: false, failed: false, result: jobResult({}) };
  return { job_id: id, job_type: kind, ...progress, ...state } as Job;
}

/** A page that asks a server with these jobs, of which the first is reported as running. */
function following(jobs: Job[]) {
  const client = {
    worker: () =>
      Promise.resolve({
        status: true,
        queue_can_accept_job: false,
        job_detail: jobs.find((job) => !job.finished) ?? null,
      }),
    latestJobs: () => Promise.resolve(jobs),
  } as unknown as ApiClient;
  const page = Object.assign(new EventTarget(), { hidden: false }) as Document;
  const activity = new JobActivity(client, page);
  return { activity, stop: activity.follow() };
}

const nextPoll = (): Promise<unknown> => vi.advanceTimersByTimeAsync(POLL_MS);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows a scan that begins beside what learns from the one before, and then that', async () => {
  const jobs = [faces];
  const { activity, stop } = following(jobs);
  await nextPoll();
  expect(activity.job).toEqual(faces);
  jobs.unshift(scan);
  await nextPoll();
  expect(activity.job).toEqual(scan);
  jobs[0] = { ...scan, finished: true };
  await nextPoll();
  expect(activity.job).toEqual(faces);
  stop();
});

it('shows the end of a scan in which files failed until it is dismissed', async () => {
  const jobs = [scan, faces];
  const { activity, stop } = following(jobs);
  await nextPoll();
  const failed = { ...scan, finished: true, result: jobResult({ failures: 2 }) };
  jobs[0] = failed;
  await nextPoll();
  await nextPoll();
  expect(activity.job).toEqual(failed);
  activity.dismiss();
  await nextPoll();
  expect(activity.job).toEqual(faces);
  stop();
});

it('stays with the scan that it follows', async () => {
  const jobs = [scan];
  const { activity, stop } = following(jobs);
  await nextPoll();
  jobs.unshift(jobOf('another', 1));
  await nextPoll();
  expect(activity.job).toEqual(scan);
  stop();
});
