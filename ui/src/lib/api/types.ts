/** Shapes of the server's answers, under the names that the page has for them. */

import type { Readable, Writable } from 'openapi-typescript-helpers';
import type { components, paths } from './schema';

type Schemas = components['schemas'];

/** What answers hold: without what is only sent. */
type Schema = { [Name in keyof Schemas]: Readable<Schemas[Name]> };

export type MediaType = Schema['MediaType'];

/** An item of lists, whole. */
export type GridItem = Schema['GridItem'];

/** What every grid has of a photo. `placeholder` is a data URI of a tiny image, or empty. */
export type PigPhoto = Pick<
  GridItem,
  | 'id'
  | 'image_hash'
  | 'dominantColor'
  | 'placeholder'
  | 'location'
  | 'date'
  | 'aspectRatio'
  | 'type'
  | 'video_length'
  | 'damaged'
  | 'shown_orientation'
>;

/** Photos, and days, of the timeline as columns. */
export type GridColumns = Schema['GridColumns'];
export type DayColumns = Schema['DayColumns'];
export type CoverPhoto = Schema['CoverPhoto'];
export type DayGroup = Schema['DayGroup'];

/** A photo that was found by its words, or by what it shows. */
export type RankedPhoto = Schema['FoundItem'];

/** The ends of a time: `2025-06-01`, `--06-01` for any year, null where it is open. */
export type UnderstoodDays = Schema['DaySpan'];

/** A part of a search text, and what it was taken for. */
export type UnderstoodPart = Schema['UnderstoodClause'];

/** A page of a ranking, and what became of the search by meaning. */
export type SearchAnswer = Omit<Schema['SearchResults'], 'results'> & { results: RankedPhoto[] };

export type RecentlyAdded = Schema['RecentlyAdded'];

/** A face that is nobody yet, not even by likeness. */
export type PhotoFace = Schema['FaceOnPhoto'];
export type PhotoPerson = Schema['PersonOnPhoto'];

/** A rectangle in pixels of the large preview. */
export type PreviewBox = Schema['FaceLocation'];

export type Captions = Schema['Captions'];
export type CaptionAttempt = Schema['CaptionAttempt'];
export type Photo = Schema['PhotoDetails'];
export type SimilarPhoto = Schema['SimilarPhotoItem'];
export type EditedPhotos = Schema['EditedPhotos'];
export type SelectedPhotos = Schema['SelectedPhotos'];
export type ErasedPhotos = Schema['ErasedPhotos'];

/** A photo that was not erased, and why. */
export type KeptPhoto = Schema['KeptPhoto'];
export type User = Schema['User'];

/** What people change about their own account, with their password where that is asked for. */
export type UserChange = Writable<Schemas['PatchedUserEdit']>;

/** An account as its administrators see it, and what they change of it. */
export type ManagedUser = Schema['ManagedUser'];
export type ManagedUserChange = Writable<Schemas['PatchedManagedUserEdit']>;

/** A folder that is scanned for an account. */
export type ScanDirectory = Schema['ScanDirectoryRow'];

/** A folder of the server, with some of those in it. */
export type Directory = Schema['Directory'];

/** What other rules for dates would change. */
export type DatePreview = Schema['DatePreviewAnswer'];

export type StorageSpace = Schema['StorageSpace'];
export type ServerStatistics = Schema['ServerStatistics'];

/** By which server mail is sent. */
export type MailConfig = Schema['MailConfig'];
export type MailChange = Writable<Schemas['MailSettings']>;
export type SentMail = Schema['SentMail'];

export interface NewUser {
  username: string;
  password: string;
  email: string;
  first_name: string;
  last_name: string;
}

export type StageProgress = Schema['JobStageRow'];
export type Job = Schema['JobRow'];
export type WorkerAvailability = Schema['WorkerAvailability'];
export type JobFailure = Schema['JobFailureRow'];

/**
 * A file that failed in whichever scan; `photo` is the id of its photo. `shown` files
 * are in the library, but only a part of them.
 */
export type FailedFile = Schema['FailedFileRow'];

/** A page of these; no job counts the `shown_in_part` among them as failed. */
export type FailedFiles = Schema['FailedFiles'];

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

export type TimelineQuery = NonNullable<paths['/api/timeline/days/']['get']['parameters']['query']>;

/** Somebody that has a name. */
export type Person = Schema['PersonItem'];

/** A person, a group of like faces, or the rest (NOBODY), with the faces that match. */
export type FaceGroup = Schema['FaceGroupItem'];
export type Face = Schema['FaceItem'];

/** What can be said of a person in place. */
export type PersonChange = Schema['PatchedPersonEdit'];

/** Why a face is shown nowhere. */
export type Dismissal = Schema['ReasonEnum'];

/** Something that was done to faces or people; until it is undone. */
export type PeopleEdit = Schema['PeopleEditItem'];

/** A published model, and what is here of it. */
export type Model = Schema['ModelItem'];

export type ModelPurpose = Schema['PurposesEnum'];

/** The settings of the server, among them what is learnt from photos. */
export type CompletedUpload = Schema['CompletedUpload'];
export type ReceivedChunk = Schema['ReceivedChunk'];
export type UnfinishedUpload = Schema['UnfinishedUpload'];
export type SiteSettings = Schema['SiteSettings'];
export type SiteSettingsChange = Writable<Schemas['PatchedSiteSettings']>;

/** An album that made itself: photos that show the same. */
export type Thing = Schema['ListedThing'];

/** An album that somebody has made. */
export type UserAlbum = Schema['ListedUserAlbum'];

/** An album that somebody has made, without its photos. */
export type AlbumHead = Omit<Schema['UserAlbumPhotos'], 'grouped_photos' | 'next' | 'previous'>;

/** One of the server's users, as others see them. */
export type SimpleUser = Schema['SimpleUser'];
export type ShareRole = Schema['ShareRole'];
export type SharingOptions = Schema['SharingOptions'];
export type AlbumSharing = Schema['AlbumSharing'];
export type PhotoSharing = Schema['PhotoSharing'];

/** An album of what was taken in one country, region or town. */
export type Place = Schema['ListedPlace'];

/** What the lists tell of an album of any kind. */
export type ListedAlbum = Pick<Thing & Place, keyof Thing & keyof Place>;

/** An album with a page of its photos. */
export type AlbumPage = Schema['AlbumPhotosAlbumPage'];

/** A link by which anybody sees an album or a photo, as its owner is told. */
export type Link = Schema['LinkItem'];

/** What can be set for a link. */
export type LinkChange = Pick<
  Writable<Schemas['AlbumLink']>,
  'slug' | 'expires_at' | 'password' | 'downloads' | 'sharing_options'
>;

/** What a visitor is told of an album, of a photo in it, and of one that is shown alone. */
export type LinkedAlbum = Schema['LinkedAlbumAnswer'];
export type LinkedPhoto = Schema['LinkedPhoto'];
export type PhotoByLink = Schema['PhotoByLink'];
export type PhotoByLinkAnswer = Schema['PhotoByLinkAnswer'];

/** An archive of photos that is being prepared, and how far that is. */
export type StartedDownload = Schema['StartedDownload'];
export type DownloadState = Schema['DownloadState'];

/** All fields of a photo, with the latest edits; what can be said of them. */
export type PhotoFields = Schema['PhotoFields'];
export type FieldsChange = Schema['PatchedMetadataEdit'];
export type EditRow = Schema['EditRow'];

/** What became of an act on photos, and the name by which it is taken back. */
export type Corrected = Schema['CorrectedPhotos'];
export type Turned = Schema['TurnedPhoto'];
export type PlaceName = Schema['NamedPosition'];
export type NamedTag = Schema['TagRow'];
export type Category = 'photo' | 'screenshot' | 'document' | 'auto';
