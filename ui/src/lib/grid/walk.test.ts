import { beforeEach, expect, it } from 'vitest';
import { GridModel } from './model';
import { day, geometry, photos, read, section } from './samples';
import { photoInNextRow } from './walk';

let model: GridModel;

beforeEach(() => {
  model = new GridModel();
  model.setGeometry({ ...geometry, width: 610 });
  model.setSections([section('a', 6), section('b', 2), section('c', 9)]);
  model.fill(model.blocks[0]!, photos('a', 6, 1));
  model.fill(model.blocks[1]!, photos('b', 2, 1));
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

it('walks across the days that share a row, and between rows by place', () => {
  const dates = [9, 8, 7, 6, 5, 4].map((number) => `2024-06-0${number}`);
  model.setSections(dates.map((date) => day(date, 1)));
  for (const block of [...model.blocks]) read(model, block.key, 1);
  const tops = dates.map((date) => model.placeOf(`${date}-0`)!.top);
  expect(tops.map((top) => top === tops[0])).toEqual([true, true, true, false, false, false]);
  expect(photoInNextRow(model, '2024-06-08-0', 1)).toEqual({ id: '2024-06-05-0' });
  expect(photoInNextRow(model, '2024-06-04-0', -1)).toEqual({ id: '2024-06-07-0' });
  expect(photoInNextRow(model, '2024-06-07-0', -1)).toBeNull();
});

it('reads the other days of a strip before it says what is in its rows', () => {
  model.setSections([day('2024-06-09', 1), day('2024-06-08', 1), day('2024-05-08', 40)]);
  read(model, '2024-06-09/1');
  read(model, '2024-05-08/1');
  expect(photoInNextRow(model, '2024-06-09-0', 1)).toEqual({ load: model.blocks[1] });
  expect(photoInNextRow(model, '2024-05-08-0', -1)).toEqual({ load: model.blocks[1] });
});
