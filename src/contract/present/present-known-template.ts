import type { KnownTemplate as Row } from '../../domain/known-template.js';
import type { KnownTemplate } from '../resources.js';

/** A template that agents may pick: known fields only. */
export function presentKnownTemplate({ name, language, words, parameters, variables }: Row): KnownTemplate {
  return {
    name,
    ...(language === undefined ? {} : { language }),
    ...(words === undefined ? {} : { words: presentWords(words) }),
    ...(parameters === undefined ? {} : { parameters: presentParameters(parameters) }),
    ...(variables === undefined ? {} : { variables: [...variables] }),
  };
}

function presentWords({ header, body, footer }: NonNullable<Row['words']>): KnownTemplate['words'] {
  return {
    ...(header === undefined ? {} : { header }),
    ...(body === undefined ? {} : { body }),
    ...(footer === undefined ? {} : { footer }),
  };
}

function presentParameters({
  header,
  body,
  buttons,
}: NonNullable<Row['parameters']>): KnownTemplate['parameters'] {
  return {
    ...(header === undefined ? {} : { header: [...header] }),
    ...(body === undefined ? {} : { body: [...body] }),
    ...(buttons === undefined ? {} : { buttons: { ...buttons } }),
  };
}
