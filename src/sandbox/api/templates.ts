export interface Template {
  name: string;
  isApproved: boolean;
  text: string;
}

const templates: Template[] = [
  { name: 'welcome', isApproved: true, text: 'Hello {{1}}, welcome to Fern & Fable! How can we help you?' },
  { name: 'test_template', isApproved: true, text: 'Hello {{1}} {{2}}, this is a test.' },
  { name: 'template_1', isApproved: true, text: 'Hello! We have news about your order {{1}}.' },
  { name: 'pending_template', isApproved: false, text: 'Not approved yet.' },
];

export function findTemplate(name: string): Template | undefined {
  return templates.find((template) => template.name === name);
}

export interface TemplateData {
  parameters?: { header?: string[] | undefined; body?: string[] | undefined } | undefined;
}

/** The text as the contact reads it: header and body parameters fill the numbered places in turn. */
export function wordTemplate(template: Template, data: TemplateData): string {
  const values = [...(data.parameters?.header ?? []), ...(data.parameters?.body ?? [])];
  const filled = template.text.replace(
    /\{\{(\d+)\}\}/g,
    (_, place: string) => values[Number(place) - 1] ?? '',
  );
  return filled.replace(/ +/g, ' ').replace(/ ([,.!])/g, '$1');
}
