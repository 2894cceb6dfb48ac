import { deflateRawSync, gzipSync } from 'node:zlib';

const text = (words: string): Buffer => Buffer.from(words);
const script = '<script>alert(document.domain)</script>';
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A picture of so many pixels by its head, with whatever behind it. */
export const png = (width: number, height: number, behind: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    uint32(width),
    uint32(height),
    Buffer.from('080600000000000000', 'hex'),
    Buffer.from('0000000049444154', 'hex'),
    Buffer.from('000000000000000049454e44ae426082', 'hex'),
    behind,
  ]);

export const wav = Buffer.concat([
  Buffer.from(
    '524946462c00000057415645666d74201000000001000100401f0000401f0000010008006461746108000000',
    'hex',
  ),
  Buffer.alloc(64, 128),
]);

/** An archive whose entries have any name and any content. */
export function zip(entries: [name: string, content: Buffer][]): Buffer {
  return Buffer.concat(
    entries.map(([name, content]) => {
      const packed = deflateRawSync(content);
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x04_03_4b_50, 0);
      head.writeUInt16LE(20, 4);
      head.writeUInt16LE(8, 8);
      head.writeUInt32LE(packed.length, 18);
      head.writeUInt32LE(content.length, 22);
      head.writeUInt16LE(Buffer.byteLength(name), 26);
      return Buffer.concat([head, text(name), packed]);
    }),
  );
}

const zeros = Buffer.alloc(20_000_000);

/** What a file claims to be, what its bytes are, and whether a browser may show it in place. */
export interface LyingFile {
  name: string;
  claims: string;
  bytes: Buffer;
  is: string;
  inline: boolean;
}

const saved = (name: string, claims: string, bytes: Buffer | string, is: string): LyingFile => ({
  name,
  claims,
  bytes: Buffer.from(bytes as string),
  is,
  inline: false,
});
const shown = (name: string, claims: string, bytes: Buffer, is: string): LyingFile => ({
  ...saved(name, claims, bytes, is),
  inline: true,
});

export const LYING_FILES: LyingFile[] = [
  saved('page.png', 'image/png', `<!doctype html><html>${script}</html>`, 'text/plain'),
  saved('marked.png', 'image/png', `\u{feff}<html>${script}`, 'text/plain'),
  saved('wide.png', 'image/png', Buffer.from(`\ufeff<html>${script}`, 'utf16le'), 'text/plain'),
  saved('wider.mp3', 'audio/mpeg', Buffer.from(`\ufeff<html>${script} `, 'utf16le').swap16(), 'text/plain'),
  saved(
    'drawing.png',
    'image/png',
    `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`,
    'text/plain',
  ),
  saved(
    'drawing.svg',
    'image/svg+xml',
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`,
    'application/xml',
  ),
  saved(
    'page.xhtml',
    'application/xhtml+xml',
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`,
    'application/xml',
  ),
  saved('code.js', 'application/javascript', 'alert(document.domain)', 'text/plain'),
  saved(
    'paper.pdf',
    'application/pdf',
    '%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n',
    'application/pdf',
  ),
  saved('voice.ogg', 'audio/ogg', Buffer.concat([text('MZ'), Buffer.alloc(200)]), 'application/x-msdownload'),
  saved(
    'archive.png',
    'image/png',
    zip([
      ['../../../etc/cron.d/x', text('slip')],
      ['a/../../b', text('slip')],
    ]),
    'application/zip',
  ),
  saved(
    'bomb.zip',
    'application/zip',
    zip([
      ['bomb', zeros],
      ['again.zip', zip([['bomb', zeros]])],
    ]),
    'application/zip',
  ),
  saved('bomb.docx', 'application/zip', zip([['[Content_Types].xml', zeros]]), 'application/zip'),
  saved('bomb.gz', 'application/gzip', gzipSync(zeros), 'application/gzip'),
  // The harmless side of a polyglot is the one that is served, and `nosniff` keeps a browser to it.
  shown('both.gif', 'text/html', text(`GIF89a/*${script}*/=1;alert(document.domain)`), 'image/gif'),
  shown('tail.png', 'text/html', png(1, 1, text(`<html>${script}`)), 'image/png'),
  shown('huge.png', 'image/png', png(50_000, 50_000), 'image/png'),
  shown(
    'tagged.html',
    'text/html',
    Buffer.concat([
      text('ID3\u0003\u0000\u0000\u0000\u0000\u0000\u0000'),
      Buffer.from([0xff, 0xfb, 0x90, 0x64]),
      text(script),
    ]),
    'audio/mpeg',
  ),
  shown('sound.exe', 'application/x-msdownload', wav, 'audio/wav'),
];
