export interface FormField {
  name: string;
  /** Missing for a text. */
  fileName?: string;
  bytes: Buffer;
}

function readPart(part: Buffer): FormField | undefined {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = part.subarray(0, headEnd).toString('utf8');
  const name = /\bname="([^"]*)"/i.exec(head)?.[1];
  const fileName = /\bfilename="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined || name === '') return undefined;
  return { name, ...(fileName === undefined ? {} : { fileName }), bytes: part.subarray(headEnd + 4) };
}

/** The fields of a multipart form that has been read whole; nothing when it is none. */
export function readForm(bytes: Buffer, contentType: string): FormField[] | undefined {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]{1,70})"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from('\r\n'), bytes]);
  const fields: FormField[] = [];
  let start = whole.indexOf(delimiter);
  while (start !== -1) {
    const from = start + delimiter.length;
    const end = whole.indexOf(delimiter, from);
    if (end === -1) break;
    const field = readPart(whole.subarray(from, end));
    if (!field) return undefined;
    fields.push(field);
    start = end;
  }
  return fields;
}
