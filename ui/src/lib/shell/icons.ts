import activity from 'lucide-static/icons/activity.svg?raw';
import archiveRestore from 'lucide-static/icons/archive-restore.svg?raw';
import arrowDown from 'lucide-static/icons/arrow-down.svg?raw';
import arrowUp from 'lucide-static/icons/arrow-up.svg?raw';
import bookImage from 'lucide-static/icons/book-image.svg?raw';
import calendar from 'lucide-static/icons/calendar.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleDotDashed from 'lucide-static/icons/circle-dot-dashed.svg?raw';
import checkAll from 'lucide-static/icons/list-checks.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import ellipsis from 'lucide-static/icons/ellipsis.svg?raw';
import expand from 'lucide-static/icons/maximize-2.svg?raw';
import eyeOff from 'lucide-static/icons/eye-off.svg?raw';
import folder from 'lucide-static/icons/folder.svg?raw';
import heart from 'lucide-static/icons/heart.svg?raw';
import history from 'lucide-static/icons/history.svg?raw';
import images from 'lucide-static/icons/images.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import keyRound from 'lucide-static/icons/key-round.svg?raw';
import languages from 'lucide-static/icons/languages.svg?raw';
import link from 'lucide-static/icons/link.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import logOut from 'lucide-static/icons/log-out.svg?raw';
import mail from 'lucide-static/icons/mail.svg?raw';
import mapPin from 'lucide-static/icons/map-pin.svg?raw';
import merge from 'lucide-static/icons/merge.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import box from 'lucide-static/icons/package.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import refresh from 'lucide-static/icons/refresh-cw.svg?raw';
import scanFace from 'lucide-static/icons/scan-face.svg?raw';
import scrollText from 'lucide-static/icons/scroll-text.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import server from 'lucide-static/icons/server.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import share from 'lucide-static/icons/share-2.svg?raw';
import shield from 'lucide-static/icons/shield.svg?raw';
import sliders from 'lucide-static/icons/sliders.svg?raw';
import sparkles from 'lucide-static/icons/sparkles.svg?raw';
import bookMinus from 'lucide-static/icons/book-minus.svg?raw';
import move from 'lucide-static/icons/move.svg?raw';
import bookPlus from 'lucide-static/icons/book-plus.svg?raw';
import tag from 'lucide-static/icons/tag.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import user from 'lucide-static/icons/user-round.svg?raw';
import userPlus from 'lucide-static/icons/user-round-plus.svg?raw';
import unlink from 'lucide-static/icons/unlink.svg?raw';
import users from 'lucide-static/icons/users-round.svg?raw';
import flip from 'lucide-static/icons/flip-vertical-2.svg?raw';
import rotateLeft from 'lucide-static/icons/rotate-ccw-square.svg?raw';
import rotateRight from 'lucide-static/icons/rotate-cw-square.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

/** The icons of the page by what they stand for: each is one of Lucide's. */
export const icons = {
  photos: images,
  all: checkAll,
  heart,
  hidden: eyeOff,
  trash,
  recent: history,
  search,
  close: x,
  plus,
  minus,
  previous: chevronLeft,
  next: chevronRight,
  download,
  upload,
  info,
  warning: triangleAlert,
  play,
  pause,
  motion: circleDotDashed,
  scan: refresh,
  language: languages,
  leave: logOut,
  restore: archiveRestore,
  people: users,
  places: mapPin,
  albums: bookImage,
  things: tag,
  models: box,
  check,
  edit: pencil,
  more: ellipsis,
  undo,
  face: scanFace,
  draw: userPlus,
  sparkle: sparkles,
  merge,
  link,
  unlink,
  lock,
  copy,
  expand,
  activity,
  down: arrowDown,
  up: arrowUp,
  calendar,
  folder,
  key: keyRound,
  mail,
  log: scrollText,
  server,
  settings,
  share,
  admin: shield,
  sliders,
  account: user,
  addToAlbum: bookPlus,
  takeOut: bookMinus,
  move,
  'turn-left': rotateLeft,
  'turn-right': rotateRight,
  flip,
} satisfies Record<string, string>;

export type IconName = keyof typeof icons;
