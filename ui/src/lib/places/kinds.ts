import type { Place } from '../api/types';
import { m } from '../paraglide/messages';

/** Places of one kind, those with the most photos first. */
export interface PlacesOfKind {
  title: string;
  places: Place[];
}

/** The `geolocation_level` of a country; those of what lies in it are larger. */
const COUNTRY = 1;

/** Countries, then what lies in them; without a kind that has no place. */
export function byKind(places: Place[]): PlacesOfKind[] {
  const bySize = places.toSorted((a, b) => b.photo_count - a.photo_count);
  const kinds = [
    {
      title: m.places_countries(),
      places: bySize.filter(({ geolocation_level }) => geolocation_level === COUNTRY),
    },
    {
      title: m.places_regions_and_towns(),
      places: bySize.filter(({ geolocation_level }) => geolocation_level !== COUNTRY),
    },
  ];
  return kinds.filter((kind) => kind.places.length > 0);
}
