import type { Photo } from '../api/types';
import { m } from '../paraglide/messages';

const RULES: Record<number, () => string> = {
  1: m.edits_rule_camera,
  2: m.edits_rule_video,
  3: m.edits_rule_name,
  4: m.edits_rule_video,
  5: m.edits_rule_name,
  6: m.edits_rule_video,
  7: m.edits_rule_file_times,
  8: m.edits_rule_file_times,
  9: m.edits_rule_file_times,
  10: m.edits_rule_file_times,
  11: m.edits_rule_gps,
  12: m.edits_rule_gps,
  13: m.edits_rule_gps,
  14: m.edits_rule_user,
  15: m.edits_rule_digitised,
};

/** Why a photo has the date that it has, "" where it has none. */
export function whyThisDate(photo: Photo): string {
  const rule = photo.date_rule;
  if (!rule) return '';
  return RULES[rule.id]?.() ?? m.edits_rule_own();
}

const FIELDS: Record<string, () => string> = {
  title: m.edits_field_title,
  caption: m.edits_field_caption,
  keywords: m.edits_field_keywords,
  creator: m.edits_field_creator,
  copyright: m.edits_field_copyright,
  date_taken: m.edits_field_date,
  timezone_offset: m.edits_field_zone,
  position: m.edits_field_position,
  orientation: m.edits_field_orientation,
  category: m.edits_field_category,
  rating: m.edits_field_rating,
  main_file: m.edits_field_main_file,
  location_country: m.edits_field_country,
  location_state: m.edits_field_state,
  location_city: m.edits_field_city,
  location_address: m.edits_field_address,
  _all: m.edits_field_all,
};

/** What a field of the history is called. */
export function fieldName(name: string): string {
  return FIELDS[name]?.() ?? name;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?$/;

/** Clockwise, of the numbers that EXIF has for turns. */
const DEGREES: Record<number, number> = {
  1: 0,
  2: 0,
  3: 180,
  4: 180,
  5: 270,
  6: 90,
  7: 90,
  8: 270,
};
const MIRRORED = [2, 4, 5, 7];

function turnText(turn: number): string {
  const degrees = `${DEGREES[turn] ?? 0}°`;
  return MIRRORED.includes(turn) ? `${degrees}, ${m.edits_mirrored()}` : degrees;
}

/** A value of a field of the history in words: null is what the file says. */
export function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined) return m.edits_as_in_file();
  if (Array.isArray(value)) return value.length === 0 ? m.edits_none() : value.join(', ');
  if (typeof value === 'number') return field === 'orientation' ? turnText(value) : String(value);
  if (typeof value !== 'string' || value === '') return m.edits_none();
  return value.replace(MOMENT, '$1 $2');
}

export const CATEGORIES = {
  photo: m.edits_category_photo,
  screenshot: m.edits_category_screenshot,
  document: m.edits_category_document,
  auto: m.edits_category_auto,
};
