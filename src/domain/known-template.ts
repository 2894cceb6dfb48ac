/** A template as those who set up the account know it: what it asks for and, for a preview, its words. */
export interface KnownTemplate {
  name: string;
  /** As the outside writes it: en, es_MX. */
  language?: string;
  /** With {{1}}, {{2}} … where parameters go, each part counting for itself. */
  words?: { header?: string; body?: string; footer?: string };
  /** What each parameter is, in order; buttons by what the outside calls them. */
  parameters?: { header?: string[]; body?: string[]; buttons?: Record<string, string> };
  /** The names of the variables that it sets. */
  variables?: string[];
}
