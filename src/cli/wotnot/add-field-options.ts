import { type Command, Option } from 'commander';
import { describeRequest, type OperationName, operations, type RequestField } from '../../wotnot/index.js';

/** `knowledge_base_id` as it is typed: `--knowledge-base-id`. */
export const flagOf = (field: RequestField): string => `--${field.name.replaceAll('_', '-')}`;

/** What can be waited for: data sources that train. */
export const trains = (name: OperationName): boolean =>
  ['upload-sources', 'add-webpages', 'add-domain', 'get-training-status'].includes(name);

/** The fields that are typed as flags; sources to upload have flags of their own. */
export const typedFields = (name: OperationName): RequestField[] =>
  describeRequest(name).filter((field) => field.name !== 'sources');

/** A flag for each field of the request, made of the operation's own schema. */
export function addFieldOptions(command: Command, name: OperationName): void {
  for (const field of typedFields(name)) {
    const need = field.required ? '' : ' (may be left out)';
    command.addOption(new Option(`${flagOf(field)} ${placeOf(field)}`, `${field.shape}${need}`));
  }
  if (operations[name].carries === 'multipart') {
    command
      .option('--file <key=path...>', 'a file to upload, under a name of its own')
      .option('--text <key=content...>', 'a text to upload, under a name of its own');
  }
  command
    .option('--body <json>', 'the request as JSON, or - for standard input; flags come on top of it')
    .option('--body-file <file>', 'the same from a file');
  if (trains(name)) {
    command
      .option('--wait', 'until the training has ended; exit code 1 when something could not be trained')
      .option('--wait-seconds <n>', 'how long to wait', '600');
  }
}

function placeOf({ kind }: RequestField): string {
  switch (kind) {
    case 'text':
      return '<text>';
    case 'number':
      return '<number>';
    case 'boolean':
      return '<true|false>';
    case 'list':
      return '<text...>';
    case 'json':
      return '<json or key=value...>';
    case 'text-or-json':
      return '<text or json>';
  }
}
