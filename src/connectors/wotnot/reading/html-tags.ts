/** A new paragraph begins and ends with these. */
export const blockTags = new Set(
  (
    'address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 ' +
    'h4 h5 h6 header hr html main nav ol p pre section table tbody tfoot thead tr ul li'
  ).split(' '),
);

/** What is inside of these is said to nobody: programs, and what HTML does not read as markup. */
export const silentTags = new Set(
  'script style template title textarea iframe noembed noframes noscript xmp plaintext'.split(' '),
);

/** What is shown from elsewhere, and the kind of attachment that it becomes. */
export const mediaTags = {
  img: 'image',
  video: 'video',
  audio: 'audio',
  iframe: 'page',
  embed: 'file',
} as const;

const inlineTags =
  'a abbr b bdi bdo big br button canvas cite code col colgroup data del details dfn em embed font i img input ins ' +
  'kbd label link mark meta picture q s samp small source span strike strong sub summary sup td th time tt u var ' +
  'video audio wbr base param frame frameset map area marquee option image svg math head object applet select animate use form';

const knownTags = [...blockTags, ...silentTags, ...inlineTags.split(' ')].join('|');

/** Whether a text is markup rather than words with a `<` in them. */
const markup = new RegExp(`<!--|<!doctype|</?(?:${knownTags})(?=[\\s/>]|$)`, 'i');
const entity = /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});/i;

export function isHtml(text: string): boolean {
  return markup.test(text) || entity.test(text);
}
