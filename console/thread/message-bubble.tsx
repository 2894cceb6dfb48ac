import type { Author, Contact, Message } from '../../src/contract/index.js';
import { wordsOf } from '../desk/template-fields.js';
import { Avatar, nameOfAuthor, nameOfContact } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { LinkedText } from '../ui/linked-text.js';
import { memo } from '../ui/memo.js';
import { OriginMark } from '../ui/origin-mark.js';
import { OutsideLink } from '../ui/outside-link.js';
import { clockTime, wholeTime } from '../ui/times.js';
import { AttachmentView } from './attachment-view.js';
import { MessageFlags } from './message-flags.js';
import { MessageState } from './message-state.js';
import { UncertainQuestion } from './uncertain-question.js';

interface MessageBubbleProps {
  message: Message;
  /** Follows one of the same author: no name and face again. */
  isContinued: boolean;
}

function Bubble({ message, isContinued }: MessageBubbleProps) {
  const { desk } = useDesk();
  const author = withContactName(message.author, desk.open.value?.contact.value);
  const isMine = author.type === 'agent' && author.email === desk.me.email;
  const name = isMine ? 'You' : nameOfAuthor(author);
  const side = author.type === 'contact' ? 'theirs' : 'ours';
  const isTrouble = message.state === 'failed' || message.state === 'uncertain';
  return (
    <li class={`said said-${side} by-${isMine ? 'me' : author.type} ${isContinued ? 'said-on' : ''}`}>
      <span class="said-face">
        {!isContinued && <Avatar name={nameOfAuthor(author)} kind={faceOf(message)} size="small" />}
      </span>
      <div class="said-body">
        {!isContinued && (
          <p class="said-by">
            <bdi>{name}</bdi>
            {author.type === 'bot' && name !== 'Bot' && <span class="badge">Bot</span>}
          </p>
        )}
        <div class={`bubble ${isTrouble ? `bubble-${message.state}` : ''}`}>
          <MessageContent message={message} />
        </div>
        <p class="said-foot">
          <time dateTime={message.occurredAt} title={wholeTime(message.occurredAt)}>
            {clockTime(message.occurredAt)}
          </time>
          <OriginMark connectionId={message.originConnectionId} />
          <MessageState message={message} />
          <MessageFlags flags={message.flags} />
        </p>
        {message.state === 'uncertain' && <UncertainQuestion message={message} />}
      </div>
    </li>
  );
}

/** The chat often tells that the contact wrote, and not again who that is. */
function withContactName(author: Author, contact: Contact | undefined): Author {
  if (author.type !== 'contact' || author.name !== undefined || contact === undefined) return author;
  return { ...author, name: nameOfContact(contact) };
}

/** A fact about one message changes that message only; the others keep what they drew. */
export const MessageBubble = memo(
  Bubble,
  (before, after) => before.message === after.message && before.isContinued === after.isContinued,
);

function MessageContent({ message }: { message: Message }) {
  const { text, attachments, buttons, links, template } = message;
  // A file without words of its own carries its name as text; the card says it already.
  const isNameOnly = attachments.some(({ name }) => name === text) || text === template?.name;
  const words = isNameOnly ? '' : text.trim();
  const isEmpty =
    text.trim() === '' && attachments.length === 0 && buttons.length === 0 && links.length === 0;
  return (
    <>
      {template !== undefined && <p class="bubble-kind">Template “{template.name}”</p>}
      {attachments.map((attachment, index) => (
        <AttachmentView key={attachment.fileId ?? attachment.url ?? index} attachment={attachment} />
      ))}
      {template !== undefined && words === '' && <TemplateWords template={template} />}
      {words !== '' && (
        <p class="bubble-text" dir="auto">
          <LinkedText text={text} />
        </p>
      )}
      {links.length > 0 && (
        <ul class="bubble-links">
          {links.map(({ url, title }, index) => (
            <li key={index} dir="auto">
              <OutsideLink url={url}>{title?.trim() || url}</OutsideLink>
            </li>
          ))}
        </ul>
      )}
      {buttons.length > 0 && (
        <ul class="bubble-buttons" aria-label="Choices offered">
          {buttons.map(({ title, url }, index) => (
            <li key={index} dir="auto">
              {url === undefined ? title : <OutsideLink url={url}>{title}</OutsideLink>}
            </li>
          ))}
        </ul>
      )}
      {isEmpty && template === undefined && (
        <p class="bubble-kind">{message.kind.replaceAll(/[-_]/g, ' ')}</p>
      )}
    </>
  );
}

/** What the contact read, where the words of the template are known here. */
function TemplateWords({ template }: { template: NonNullable<Message['template']> }) {
  const { desk } = useDesk();
  const words = wordsOf(template, desk.templates.of(desk.open.value?.conversation.value?.connectionId ?? ''));
  if (words === '') return null;
  return (
    <p class="bubble-text" dir="auto">
      <LinkedText text={words} />
    </p>
  );
}

function faceOf({ author }: Message): 'contact' | 'agent' | 'bot' | 'nobody' {
  return author.type === 'system' ? 'nobody' : author.type;
}
