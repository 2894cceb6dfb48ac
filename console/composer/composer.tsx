import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Mode } from '../desk/drafts.js';
import { useDesk } from '../ui/desk-context.js';
import { ClipIcon, LockIcon, SendIcon, TemplateIcon } from '../ui/icons.js';
import { attachFiles } from './attach-files.js';
import { AttachedFiles } from './attached-files.js';
import { FilesButton } from './files-button.js';
import { ReplyHint } from './reply-hint.js';
import { isSendable, sendDraft } from './send-draft.js';
import { TemplateDialog } from './template-dialog.js';
import { VoiceButton } from './voice-button.js';

export function Composer({ conversationId }: { conversationId: string }) {
  const { desk, navigation } = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const [isChoosingTemplate, setIsChoosingTemplate] = useState(false);
  const draft = desk.drafts.of(conversationId);
  const isClosed = desk.open.value?.conversation.value?.status === 'closed';
  const mode: Mode = isClosed ? 'note' : draft.mode;
  const text = draft[mode];

  useEffect(() => {
    // On a touch screen the keyboard would cover what the agent came to read.
    const isWelcome = matchMedia('(pointer: fine)').matches && !navigation.isStepping();
    if (isWelcome) field.current?.focus({ preventScroll: true });
  }, [conversationId, navigation]);
  useLayoutEffect(() => {
    const box = field.current;
    if (box === null) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
  }, [text, mode]);

  const choose = (next: Mode): void => {
    desk.drafts.change(conversationId, { mode: next });
    field.current?.focus();
  };
  const send = (): void => {
    sendDraft(desk, conversationId, mode);
    field.current?.focus();
  };

  return (
    <footer class={`composer composer-${mode}`}>
      <div class="composer-modes" role="group" aria-label="What to write">
        <button
          type="button"
          data-focus="reply"
          aria-pressed={mode === 'reply'}
          disabled={isClosed}
          onClick={() => choose('reply')}
        >
          Reply
        </button>
        <button type="button" data-focus="note" aria-pressed={mode === 'note'} onClick={() => choose('note')}>
          <LockIcon /> Note
        </button>
        <ReplyHint conversationId={conversationId} mode={mode} />
      </div>
      <div class="composer-box">
        {mode === 'reply' && <AttachedFiles conversationId={conversationId} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          maxLength={16_000}
          aria-label={mode === 'note' ? 'Note for agents' : 'Reply to the contact'}
          placeholder={mode === 'note' ? 'A note that only agents see…' : 'Write a reply…'}
          value={text}
          onInput={(event) => {
            desk.drafts.change(conversationId, { [mode]: event.currentTarget.value });
            if (mode === 'reply') tellTyping(desk.tellTyping, conversationId);
          }}
          onKeyDown={(event) => {
            // While letters are being composed, Enter belongs to the input method.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (files === undefined || files.length === 0 || isClosed) return;
            event.preventDefault();
            attachFiles(desk, conversationId, files);
          }}
        />
        <div class="composer-tools">
          {mode === 'reply' && (
            <>
              <FilesButton words="Attach files" onFiles={(files) => attachFiles(desk, conversationId, files)}>
                <ClipIcon />
              </FilesButton>
              <VoiceButton conversationId={conversationId} />
              <button
                type="button"
                class="icon-button"
                aria-label="Send a template"
                title="Send a template"
                onClick={() => setIsChoosingTemplate(true)}
              >
                <TemplateIcon />
              </button>
            </>
          )}
          <span class="composer-gap" />
          <button
            type="button"
            class="send"
            aria-label={mode === 'note' ? 'Add the note' : 'Send the reply'}
            title="Enter"
            disabled={!isSendable(desk, conversationId, mode)}
            onClick={send}
          >
            <SendIcon />
          </button>
        </div>
      </div>
      {isChoosingTemplate && (
        <TemplateDialog conversationId={conversationId} onClose={() => setIsChoosingTemplate(false)} />
      )}
    </footer>
  );
}

/** The others need to know that somebody writes, not every letter. */
let toldAt = 0;
function tellTyping(tell: (conversationId: string) => void, conversationId: string): void {
  if (Date.now() - toldAt < 3_000) return;
  toldAt = Date.now();
  tell(conversationId);
}
