import { expect, it } from 'vitest';
import type { Photo, PhotoPerson } from '../api/types';
import { captionOf, facesOf, nameOf } from './faces';

function face(face_id: number, left: number) {
  return { face_id, face_url: '', location: { left, right: left + 9, top: 0, bottom: 9 } };
}

function person(left: number, type: PhotoPerson['type'], name = 'Anna'): PhotoPerson {
  return { ...face(left, left), name, person_id: 7, type, probability: 0.9 };
}

it('shows known and unknown faces from left to right', () => {
  const people = [person(10, 'user'), person(50, 'cluster')];
  const photo = { people, unknown_faces: [face(3, 30)] } as unknown as Photo;
  expect(facesOf(photo).map((each) => each.type)).toEqual(['user', 'unknown', 'cluster']);
});

it('calls a guess one, and a group nobody', () => {
  const group = person(0, 'cluster', 'Unknown 3');
  expect(captionOf(person(0, 'user'), '–')).toBe('Anna');
  expect(captionOf(person(0, 'classification'), '–')).toBe('Anna?');
  expect(captionOf(group, 'Who is this?')).toBe('Who is this?');
  expect([nameOf(group), nameOf({ ...face(1, 0), type: 'unknown' })]).toEqual([null, null]);
});
