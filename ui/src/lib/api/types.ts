/** Shapes of the server's answers, named as in the wire contract. */

export type MediaType = 'image' | 'video' | 'motion_photo';

export interface SimpleUser {
  id: number;
  username: string;
  first_name: string;
  last_name: string;
}

/** An item of every grid. `placeholder` is a data URI of a tiny image, or empty. */
export interface PigPhoto {
  id: string;
  image_hash: string;
  placeholder?: string;
  dominantColor?: string;
  location?: string;
  /** Local wall-clock time labelled as UTC; empty or null when undated. */
  date?: string | null;
  aspectRatio: number;
  type: MediaType;
  /** Seconds as text; empty for stills. */
  video_length?: string;
  rating: number;
  /** Only a part of the picture could be shown. */
  damaged?: boolean;
}

/** A cover. */
export interface PhotoHash {
  image_hash: string;
  video: boolean;
}

export interface DatePhotosGroup {
  date: string | null;
  location: string | null;
  items: PigPhoto[];
}

/** A day of the timeline whose photos are still to be fetched. */
export interface IncompleteDatePhotosGroup extends DatePhotosGroup {
  id: string;
  incomplete: boolean;
  numberOfItems: number;
}

/** A photo that was found by its words, or by what it shows. */
export interface RankedPhoto extends PigPhoto {
  match: 'text' | 'meaning';
}

/** The ends of a time: `2025-06-01`, `--06-01` for any year, null where it is open. */
export interface UnderstoodDays {
  first?: string | null;
  last?: string | null;
}

/** A part of a search text, and what it was taken for. */
export interface UnderstoodPart extends UnderstoodDays {
  text: string;
  kind: 'person' | 'place' | 'time' | 'media' | 'phrase' | 'word';
  excluded: boolean;
  /** Of a season: when it is south of the equator. */
  south?: UnderstoodDays;
}

/** A page of a ranking, and what became of the search by meaning. */
export interface SearchAnswer {
  results: RankedPhoto[];
  understood?: UnderstoodPart[];
  meaning?: { text: string; state: string };
}

export interface RecentlyAdded {
  date: string;
  results: PigPhoto[];
}

/** A face that is nobody yet, not even by likeness. */
export interface PhotoFace {
  face_url: string;
  face_id: number;
  location: PreviewBox;
}

export interface PhotoPerson extends PhotoFace {
  name: string;
  person_id: number;
  /** Who says so: somebody, a guess, or nothing but likeness to others. */
  type: 'user' | 'classification' | 'cluster';
  probability: number;
}

/** A rectangle in pixels of the large preview. */
export interface PreviewBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Captions {
  im2txt?: string;
  user_caption?: string;
  places365?: { attributes: string[]; categories: string[]; environment: string };
  siglip2?: { tags: string[] };
}

export interface Photo {
  id?: string;
  image_hash: string;
  image_path: string[];
  exif_timestamp: string | null;
  exif_gps_lat: number | null;
  exif_gps_lon: number | null;
  search_location: string | null;
  captions_json: Captions | null;
  geolocation_json: { address?: string; places?: string[] } | null;
  people: PhotoPerson[];
  unknown_faces: PhotoFace[];
  similar_photos: SimilarPhoto[];
  rating: number;
  hidden: boolean;
  in_trashcan: boolean;
  video: boolean;
  /** Bytes. */
  size: number;
  height: number | null;
  width: number | null;
  focal_length: number | null;
  focalLength35Equivalent: number | null;
  fstop: number | null;
  iso: number | null;
  shutter_speed: string | null;
  lens: string | null;
  camera: string | null;
  embedded_media: { id: string; type: 'image' | 'video' }[];
  /** Why only a part of the picture is shown; empty for a whole one. */
  damage?: string;
}

export interface SimilarPhoto {
  image_hash: string;
  type: MediaType;
}

export interface BulkResult {
  status: boolean;
  updated: Photo[];
  not_updated: Photo[];
}

export interface UserSettings {
  id: number;
  username: string;
  favorite_min_rating: number;
  scan_directory?: string;
}

export interface NewUser {
  username: string;
  password: string;
  email: string;
  first_name: string;
  last_name: string;
}

export interface StageProgress {
  stage: string;
  done: number;
  failed: number;
  skipped: number;
  total: number;
}

export interface Job {
  id: number;
  job_id: string;
  queued_at: string;
  started_at: string | null;
  finished_at: string | null;
  finished: boolean;
  failed: boolean;
  job_type: number;
  job_type_str: string;
  progress_current: number;
  progress_target: number;
  progress_step?: string | null;
  result?: {
    stages?: StageProgress[];
    failures?: number;
    message?: string;
    /** What is counted: files, photos, faces, KiB. */
    unit?: string;
  } | null;
}

export interface WorkerAvailability {
  status: boolean;
  queue_can_accept_job: boolean;
  job_detail: Job | null;
}

export interface JobFailure {
  path: string;
  stage: string;
  message: string;
}

/**
 * A file that failed in whichever scan; `photo` is the id of its photo. `shown` files
 * are in the library, but only a part of them.
 */
export interface FailedFile extends JobFailure {
  photo: string | null;
  shown: boolean;
}

/** A page of these; no job counts the `shown_in_part` among them as failed. */
export interface FailedFiles extends Page<FailedFile> {
  shown_in_part: number;
}

export interface Page<Row> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Row[];
}

export interface FieldError {
  field: string;
  message: string;
}

/** The filters of the timeline: a query flag of the same name, or a person. */
export type TimelineFilter = 'all' | 'favorite' | 'hidden' | 'in_trashcan' | { person: number };
