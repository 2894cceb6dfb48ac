import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Desk } from '../desk/create-desk.js';
import type { Navigation } from '../navigation.js';

interface Room {
  desk: Desk;
  navigation: Navigation;
  signOut: () => void;
}

export const DeskContext = createContext<Room | undefined>(undefined);

export function useDesk(): Room {
  const room = useContext(DeskContext);
  if (room === undefined) throw new Error('There is no desk around this component.');
  return room;
}
