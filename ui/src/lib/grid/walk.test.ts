import { beforeEach, expect, it } from 'vitest';
import { gridItem } from '../api/samples';
import type { PigPhoto } from '../api/types';
import { GridModel, type Section } from './model';
import { photoInNextRow } from './walk';

function section(key: string, count: number): Section {
  return { key, title: key, place: '', date: null, count, revision: 1 };
}

function photos(prefix: string, count: number): PigPhoto[] {
  return Array.from({ length: count }, (_, index) => gridItem({ id: `${prefix}-${index}` }));
}

let model: GridModel;

beforeEach(() => {
  model = new GridModel();
  model.setGeometry({ width: 610, targetHeight: 200, gap: 5, headingHeight: 50 });
  model.setSections([section('a', 6), section('b', 2), section('c', 9)]);
  model.fill(model.blocks[0]!, photos('a', 6));
  model.fill(model.blocks[1]!, photos('b', 2));
});

it('goes to the photo below or above that is nearest across', () => {
  expect(photoInNextRow(model, 'a-1', 1)).toEqual({ id: 'a-4' });
  expect(photoInNextRow(model, 'a-4', -1)).toEqual({ id: 'a-1' });
});

it('goes on in the next section, to its last photo where there is none below', () => {
  expect(photoInNextRow(model, 'a-5', 1)).toEqual({ id: 'b-1' });
  expect(photoInNextRow(model, 'b-0', -1)).toEqual({ id: 'a-3' });
});

it('asks for what is not here yet, and stops at the ends', () => {
  expect(photoInNextRow(model, 'b-0', 1)).toEqual({ load: model.blocks[2] });
  expect(photoInNextRow(model, 'a-0', -1)).toBeNull();
  expect(photoInNextRow(model, 'unknown', 1)).toBeNull();
});
