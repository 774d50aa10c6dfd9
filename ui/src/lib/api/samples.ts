/** Answers for tests: whole ones, of which a test names what it is about. */

import type { Captions, GridItem, Job, Person, Photo, Place } from './types';

const owner = { id: 1, username: 'ann', first_name: '', last_name: '' };

export function gridItem(values: Partial<GridItem> & { id: string }): GridItem {
  return {
    image_hash: values.id,
    url: values.id,
    dominantColor: '',
    placeholder: '',
    location: '',
    date: '',
    birthTime: '',
    aspectRatio: 1,
    type: 'image',
    video_length: '',
    rating: 0,
    owner,
    shared_to: [],
    exif_gps_lat: null,
    exif_gps_lon: null,
    removed: false,
    in_trashcan: false,
    has_raw_variant: false,
    damaged: false,
    shown_orientation: 1,
    stacks: null,
    ...values,
  };
}

export const captions: Captions = {
  im2txt: '',
  user_caption: '',
  places365: { attributes: [], categories: [], environment: '' },
};

export const photo: Photo = {
  big_thumbnail_url: null,
  video_playback_type: null,
  square_thumbnail_url: null,
  small_square_thumbnail_url: null,
  id: '00000000-0000-4000-8000-000000000000',
  image_hash: 'f'.repeat(33),
  exif_timestamp: null,
  type: 'image',
  people: [],
  unknown_faces: [],
  rating: 0,
  hidden: false,
  public: false,
  in_trashcan: false,
  removed: false,
  shared_to: [],
  similar_photos: [],
  video: false,
  owner,
  size: 2_000_000,
  height: null,
  width: null,
  embedded_media: [],
  has_raw_variant: false,
  stacks: [],
  is_screenshot: false,
  is_document: false,
  category_source: 'auto',
  camera: null,
  lens: null,
  focal_length: null,
  fstop: null,
  iso: null,
  shutter_speed: null,
  focalLength35Equivalent: null,
  digitalZoomRatio: null,
  subjectDistance: null,
  image_path: ['/photos/a.jpg'],
  exif_gps_lat: null,
  exif_gps_lon: null,
  search_captions: null,
  search_location: null,
  captions_json: captions,
  geolocation_json: {},
  exif_json: null,
  file_variants: [],
  metadata: null,
  damage: '',
  local_orientation: 1,
  shown_orientation: 1,
  title: '',
  timezone: '',
  date_rule: null,
  user_tags: [],
};

export function person(values: Partial<Person>): Person {
  return {
    id: 1,
    name: 'Ann',
    face_url: '',
    face_count: 1,
    face_photo_url: '',
    video: false,
    hidden: false,
    birth_date: null,
    ...values,
  };
}

export function place(values: Partial<Place>): Place {
  return {
    id: 1,
    title: 'Vienna',
    photo_count: 1,
    cover_photos: [],
    geolocation_level: 1,
    ...values,
  };
}

export function jobResult(values: Partial<Job['result']>): Job['result'] {
  return { stages: [], failures: 0, message: '', unit: 'photos', ...values };
}
