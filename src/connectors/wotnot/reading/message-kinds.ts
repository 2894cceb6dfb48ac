/** WotNot's kinds of message in our spelling, and what stands for one in which nothing can be read. */
const placeholders: Record<string, string> = {
  text: '[Empty message]',
  image: '[Image]',
  form: '[Form]',
  'file-upload': '[File upload]',
  file: '[File]',
  calendar: '[Calendar]',
  audio: '[Audio]',
  voice: '[Voice message]',
  calendly: '[Calendly booking]',
  video: '[Video]',
  list: '[List]',
  javascript: '[JavaScript action]',
  buttons: '[Buttons]',
  document: '[Document]',
  carousel: '[Carousel]',
  slider: '[Slider]',
  'appointment-booking': '[Appointment booking]',
  template: '[Template]',
  location: '[Location]',
  sticker: '[Sticker]',
  contacts: '[Contact card]',
  unsupported: '[Message that the channel cannot show]',
};

const aliases: Record<string, string> = {
  button: 'buttons',
  'quick-reply': 'buttons',
  'quick-replies': 'buttons',
  fileupload: 'file-upload',
  attachment: 'file',
  attachments: 'file',
  images: 'image',
  js: 'javascript',
  appointment: 'appointment-booking',
  'whatsapp-template': 'template',
};

/** One spelling for every way in which WotNot writes a kind: `File upload`, `file_upload`, `fileUpload`. */
export function messageKind(type: string | undefined): string {
  if (type === undefined) return 'text';
  const word = type
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  if (word === '') return 'unknown';
  return Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
}

/** What the agent reads where there is nothing to read. */
export function placeholderFor(kind: string): string {
  if (Object.hasOwn(placeholders, kind)) return placeholders[kind] ?? '';
  return `[Message of the kind “${kind}”]`;
}
