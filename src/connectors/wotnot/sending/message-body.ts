import type { OrderedContent, OrderedFile } from '../../../domain/order.js';
import type { WotNotRequest } from '../../../wotnot/index.js';
import { present } from '../pick.js';

type Message = WotNotRequest<'send-message'>['message'];

const bytesPerMegabyte = 1_000_000;

/** Our content in WotNot's shape. A caption has no place there. */
export function messageBody(content: OrderedContent): Message {
  switch (content.type) {
    case 'text':
      return { type: 'text', data: { body: content.text } };
    case 'file':
      return { type: 'file', file: fileBody(content.file) };
    case 'voice':
      return { type: 'voice', file: fileBody(content.file) };
    case 'template': {
      const { name, parameters, variables } = content.template;
      return { type: 'template', data: present({ template: name, parameters, variables }) };
    }
  }
}

/** `size` is printed without its unit; WotNot's samples fit whole megabytes, at least one. */
function fileBody(file: OrderedFile) {
  return {
    path: file.url ?? '',
    size: Math.max(1, Math.ceil(file.sizeBytes / bytesPerMegabyte)),
    type: file.contentType,
    name: file.name,
  };
}
