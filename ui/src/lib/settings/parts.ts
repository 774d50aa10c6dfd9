import type { IconName } from '../shell/icons';

/** A page of a room, such as the settings: an address of its own, and a title. */
export interface RoomPart {
  name: string;
  address: string;
  title: string;
  icon: IconName;
}
