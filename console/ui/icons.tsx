import type { ComponentChildren } from 'preact';

interface IconProps {
  class?: string;
}

function stroke(children: ComponentChildren) {
  return function Icon({ class: name = '' }: IconProps) {
    return (
      <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true">
        {children}
      </svg>
    );
  };
}

/** The bridge. */
export const ArchIcon = stroke(
  <path d="M2 18h20M4.5 18c0-5.5 3.4-9.5 7.5-9.5s7.5 4 7.5 9.5M9 18c0-2.6 1.3-4.6 3-4.6s3 2 3 4.6" />,
);
export const SearchIcon = stroke(<path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16.2 16.2 20.5 20.5" />);
export const BackIcon = stroke(<path d="M14.5 5.5 8 12l6.5 6.5" />);
export const CloseIcon = stroke(<path d="M6 6l12 12M18 6 6 18" />);
export const InfoIcon = stroke(<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.6v.3" />);
export const SendIcon = stroke(<path d="M12 19V5M6 11l6-6 6 6" />);
export const ClipIcon = stroke(<path d="m8 12.5 6-6a3 3 0 0 1 4.3 4.2l-8 8.1a5 5 0 0 1-7-7.1L11 4" />);
export const MicIcon = stroke(
  <path d="M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 1 0-7 0v5A3.5 3.5 0 0 0 12 15ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />,
);
export const TemplateIcon = stroke(<path d="M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4" />);
export const FileIcon = stroke(<path d="M6 3h8l4 4v14H6zM14 3v4h4" />);
export const SoundFileIcon = stroke(
  <path d="M6 3h8l4 4v14H6zM14 3v4h4M9 13.2v2.6M12 11.2v6.6M15 13.2v2.6" />,
);
export const ImageIcon = stroke(<path d="M4 5h16v14H4zM4 16l5-5 5 5 2.5-2.5L20 17M15.5 9.3v.2" />);
export const LockIcon = stroke(<path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />);
export const ClockIcon = stroke(<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.3l3.4 2" />);
export const CheckIcon = stroke(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const DoubleCheckIcon = stroke(<path d="m2.5 12.5 4.5 4.5L16 7.5M11.5 16.4l.6.6L21.5 7.5" />);
export const AlertIcon = stroke(<path d="M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.2v.3" />);
export const OutsideIcon = stroke(<path d="M13.5 5H19v5.5M19 5l-8 8M10 6H5v13h13v-5" />);
export const PlusIcon = stroke(<path d="M12 5v14M5 12h14" />);
export const TicketIcon = stroke(
  <path d="M3.5 7h17v3.2a2 2 0 0 0 0 3.6V17h-17v-3.2a2 2 0 0 0 0-3.6V7ZM14.5 7v2M14.5 11v2M14.5 15v2" />,
);
export const BotIcon = stroke(<path d="M5 9h14v10H5zM12 9V5.5M9.5 13.5v1.2M14.5 13.5v1.2M10.2 4.5h3.6" />);
export const TeamIcon = stroke(
  <path d="M9 11.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19c.3-3 2.6-4.6 5.5-4.6s5.2 1.6 5.5 4.6M15.5 6a2.7 2.7 0 0 1 0 5.2M17 14.8c2 .5 3.3 2 3.5 4.2" />,
);
export const PersonIcon = stroke(
  <path d="M12 12a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6ZM5 20c.4-3.8 3.3-5.6 7-5.6s6.6 1.8 7 5.6" />,
);
export const BellIcon = stroke(<path d="M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5h4" />);
export const DoorIcon = stroke(<path d="M10 4H5v16h5M9.5 12H20M16 8l4 4-4 4" />);
export const PlugIcon = stroke(<path d="M9 3.5V8M15 3.5V8M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0V8ZM12 17v4" />);
export const DownIcon = stroke(<path d="m6 9.5 6 6 6-6" />);

const GlobeIcon = stroke(
  <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.3 12h17.4M12 3.2c2.6 2.4 3.9 5.3 3.9 8.8s-1.3 6.4-3.9 8.8c-2.6-2.4-3.9-5.3-3.9-8.8s1.3-6.4 3.9-8.8Z" />,
);
const WhatsAppIcon = stroke(
  <path d="m3.5 20.5 1.2-4.3A8.5 8.5 0 1 1 8 19.4L3.5 20.5ZM9 8.5c-.5 3 3.5 7 6.5 6.5.8-.2 1-1 .8-1.5l-1.7-.8-.9 1c-1.2-.4-2.4-1.6-2.8-2.8l1-.9-.8-1.7c-.5-.2-1.9-.4-2.1.2Z" />,
);
const SmsIcon = stroke(<path d="M4 5h16v11h-8l-4.5 4v-4H4zM8 10.5v.1M12 10.5v.1M16 10.5v.1" />);
const MailIcon = stroke(<path d="M3.5 6h17v12h-17zM4 6.5l8 6.5 8-6.5" />);
const SocialIcon = stroke(
  <path d="M12 3.5c-5 0-8.5 3.6-8.5 8 0 2.5 1.2 4.6 3 6v3l2.8-1.6c.9.2 1.8.4 2.7.4 5 0 8.5-3.6 8.5-7.9S17 3.5 12 3.5ZM7.5 13.5l3-3 3 2.5 3-3" />,
);

/** Where the contact writes from, told from the channel's name. */
export function ChannelIcon({ channel, class: name }: { channel: string | undefined; class?: string }) {
  const Icon = iconOf(channel?.toLowerCase() ?? '');
  return <Icon {...(name === undefined ? {} : { class: name })} />;
}

function iconOf(channel: string) {
  if (channel.includes('whatsapp')) return WhatsAppIcon;
  if (channel.includes('sms')) return SmsIcon;
  if (channel.includes('mail')) return MailIcon;
  if (/messenger|instagram|facebook|telegram/.test(channel)) return SocialIcon;
  return GlobeIcon;
}
