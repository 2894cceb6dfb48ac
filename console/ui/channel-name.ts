const known: Record<string, string> = {
  web: 'Web',
  whatsapp: 'WhatsApp',
  sms: 'SMS',
  facebook: 'Facebook',
  instagram: 'Instagram',
  telegram: 'Telegram',
};

/** The channel as people write it; one that is not known stays as it came. */
export function channelName(channel: string | undefined): string {
  return channel === undefined ? 'Chat' : (known[channel.toLowerCase()] ?? channel);
}
