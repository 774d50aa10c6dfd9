import { afterEach, expect, it } from 'vitest';
import { jobResult } from '../api/samples';
import type { Job } from '../api/types';
import { overwriteGetLocale } from '../paraglide/runtime';
import {
  amountOf,
  attempted,
  countOf,
  failureCount,
  fractionDone,
  jobTitle,
  lacksModel,
  notesOf,
  scanSoFar,
  stageTitle,
} from './progress';

afterEach(() => overwriteGetLocale(() => 'en'));

const stage = { stage: 'face_recognition', done: 5, failed: 2, skipped: 1, total: 10 };
const job = {
  progress_current: 8,
  progress_target: 10,
  result: jobResult({ stages: [stage], failures: 2 }),
} as Job;

it('counts what was attempted, not only what succeeded', () => {
  expect(attempted(stage)).toBe(8);
  expect(failureCount(job)).toBe(2);
});

it('has no fraction before the amount of work is known', () => {
  expect(fractionDone(job)).toBe(0.8);
  expect(fractionDone({ ...job, progress_target: 0 })).toBeNull();
});

it('counts what the step it names has done, not the whole job', () => {
  const stages = [
    { stage: 'metadata', done: 60, failed: 0, skipped: 0, total: 60 },
    { stage: 'thumbnails', done: 20, failed: 3, skipped: 1, total: 60 },
  ];
  const scan: Job = {
    ...job,
    progress_step: 'thumbnails',
    progress_current: 84,
    progress_target: 120,
    result: jobResult({ stages }),
  };
  expect(countOf(scan, 'en')).toBe('24 of 60');
  expect(countOf({ ...scan, progress_step: 'walk' }, 'en')).toBe('84 of 120');
  expect(countOf({ ...scan, progress_step: '', progress_target: 0 }, 'en')).toBe('');
});

it('says of a scan what is visible, and which previews are left', () => {
  const stages = [
    { stage: 'files', done: 90, failed: 2, skipped: 4, total: 1200 },
    { stage: 'dates', done: 80, failed: 0, skipped: 0, total: 88 },
    { stage: 'thumbnails', done: 20, failed: 3, skipped: 0, total: 88 },
  ];
  const begun = { ...job, result: jobResult({ stages }) };
  expect(scanSoFar(begun, 'en')).toBe('80 of 1,200 visible · 20 with previews, 1,175 left');
  const read = stages.with(0, { stage: 'files', done: 1194, failed: 2, skipped: 4, total: 1200 });
  const scan: Job = { ...job, result: jobResult({ stages: read }) };
  expect(scanSoFar(scan, 'en')).toBe('80 of 1,200 visible · 20 with previews, 65 left');
  overwriteGetLocale(() => 'de');
  expect(scanSoFar(scan, 'de')).toBe('80 von 1.200 sichtbar · 20 mit Vorschaubild, 65 fehlen noch');
  expect(scanSoFar(job, 'de')).toBe('');
});

it('tells notes one by one', () => {
  expect(notesOf({ ...job, result: jobResult({ message: 'One.\nTwo.' }) })).toEqual([
    'One.',
    'Two.',
  ]);
  expect(notesOf({ ...job, result: jobResult({ message: '' }) })).toEqual([]);
});

it('leaves out commands, and knows what the page can help with', () => {
  const message =
    'Captions: the model blip is not installed: run `librephotos models download blip`.';
  const [note] = notesOf({ ...job, result: jobResult({ message }) });
  expect(note).toBe('Captions: the model blip is not installed.');
  expect(lacksModel(message)).toBe(true);
  expect(lacksModel('The disk is full.')).toBe(false);
});

it('names what is counted before there are photos in the language of the page', () => {
  overwriteGetLocale(() => 'de');
  expect(['files', 'group faces'].map(stageTitle)).toEqual(['Dateien', 'Gesichter gruppieren']);
});

it('writes stages as words', () => {
  expect(stageTitle('face_recognition')).toBe('Face recognition');
  expect(['metadata', 'geocode', 'dates', 'thumbnails'].map(stageTitle)).toEqual([
    ...['Details', 'Places', 'Dates', 'Previews'],
  ]);
});

it('calls a job of an unknown kind what the server calls it', () => {
  expect(jobTitle({ ...job, job_type: 1, job_type_str: 'Scan Photos' })).toBe('Scan Photos');
  expect(jobTitle({ ...job, job_type: 99, job_type_str: 'Bake Bread' })).toBe('Bake Bread');
});

it('counts files, and downloads in bytes', () => {
  expect(amountOf({ ...job, result: jobResult({ unit: 'files' }) }, 1200, 'en')).toBe('1,200');
  expect(amountOf({ ...job, result: jobResult({ unit: 'KiB' }) }, 1200, 'en')).toBe('1.2 MB');
});
