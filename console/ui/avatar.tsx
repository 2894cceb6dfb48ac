import type { Assignee, Author } from '../../src/contract/index.js';
import { BotIcon, PersonIcon, TeamIcon } from './icons.js';

interface AvatarProps {
  name: string;
  kind: 'contact' | 'agent' | 'bot' | 'team' | 'nobody';
  size?: 'small' | 'large';
}

/** Initials on a colour that stays with the name. The name itself is always written beside it. */
export function Avatar({ name, kind, size }: AvatarProps) {
  return (
    <span
      class={`avatar avatar-${kind} hue-${hueOf(name)} ${size === undefined ? '' : `avatar-${size}`}`}
      aria-hidden="true"
    >
      {faceOf(kind, name)}
    </span>
  );
}

/** The face of who holds a conversation; oneself by name here too, where the words beside it say "You". */
export function AssigneeAvatar({ assignee }: { assignee: Assignee }) {
  return <Avatar name={nameOfAssignee(assignee)} kind={assignee.type} size="small" />;
}

function faceOf(kind: AvatarProps['kind'], name: string) {
  switch (kind) {
    case 'bot':
      return <BotIcon />;
    case 'team':
      return <TeamIcon />;
    case 'nobody':
      return <PersonIcon />;
    case 'contact':
    case 'agent':
      return initialsOf(name) || <PersonIcon />;
  }
}

/** The first letter or two; whole letters, also where one is written with several code points. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return letters.join('').toUpperCase();
}

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  return sum % 8;
}

export function nameOfAuthor({ type, name, email }: Author): string {
  const spoken = name?.trim() || email;
  switch (type) {
    case 'contact':
      return spoken ?? 'Contact';
    case 'bot':
      // A bot's e-mail is a machine's name for itself.
      return name?.trim() || 'Bot';
    case 'agent':
      return spoken ?? 'Agent';
    case 'system':
      return spoken ?? 'System';
  }
}

export function nameOfAssignee(assignee: Assignee, me?: string): string {
  switch (assignee.type) {
    case 'agent':
      return assignee.email === me ? 'You' : assignee.name?.trim() || assignee.email;
    case 'team':
      return assignee.team;
    case 'bot':
      return assignee.name?.trim() || 'Bot';
    case 'nobody':
      return 'Nobody';
  }
}

export function nameOfContact(contact: {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
}): string {
  return contact.name?.trim() || contact.email || contact.phone || 'Unnamed contact';
}
