import { useState } from 'preact/hooks';
import type { KnownTemplate } from '../../src/contract/index.js';
import type { TemplateContent } from '../desk/template-fields.js';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { TemplateByHand } from './template-by-hand.js';
import { TemplateChoice } from './template-choice.js';
import { TemplateForm } from './template-form.js';

interface TemplateDialogProps {
  conversationId: string;
  onClose: () => void;
}

/** A message approved beforehand, with its blanks filled in: what WhatsApp asks for after a day of silence. */
export function TemplateDialog({ conversationId, onClose }: TemplateDialogProps) {
  const { desk } = useDesk();
  const conversation = desk.open.value?.conversation.value ?? desk.list.known.value.get(conversationId);
  const known = desk.templates.of(conversation?.connectionId ?? '');
  const [chosen, setChosen] = useState<KnownTemplate | 'by hand' | undefined>(undefined);

  const send = (template: TemplateContent): void => {
    desk.outgoing.say(conversationId, { type: 'template', template }, `Template “${template.name}”`);
    onClose();
  };
  const back = known.length === 0 ? undefined : () => setChosen(undefined);

  return (
    <Dialog title="Send a template" onClose={onClose}>
      {chosen === 'by hand' || known.length === 0 ? (
        <TemplateByHand onSend={send} onBack={back} onClose={onClose} />
      ) : chosen === undefined ? (
        <TemplateChoice templates={known} onChoose={setChosen} onByHand={() => setChosen('by hand')} />
      ) : (
        <TemplateForm template={chosen} onSend={send} onBack={back} onClose={onClose} />
      )}
    </Dialog>
  );
}
