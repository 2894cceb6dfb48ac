import { useEffect, useRef, useState } from 'preact/hooks';
import { explainRefusal } from '../desk/explain-refusal.js';
import { useDesk } from '../ui/desk-context.js';
import { CloseIcon, MicIcon, SendIcon, SoundFileIcon } from '../ui/icons.js';
import { attachVoice } from './attach-files.js';
import { FilesButton } from './files-button.js';
import { mayRecord, type Recording, recordVoice } from './record-voice.js';

/** A voice message is recorded, where there is a microphone to use, or chosen among the files. */
export function VoiceButton({ conversationId }: { conversationId: string }) {
  const { desk } = useDesk();
  const [recording, setRecording] = useState<Recording | undefined>(undefined);
  const [kept, setKept] = useState<Blob | undefined>(undefined);
  const current = useRef<Recording | undefined>(undefined);
  current.current = recording;
  useEffect(() => () => current.current?.cancel(), []);

  const start = async (): Promise<void> => {
    try {
      setRecording(await recordVoice());
    } catch {
      desk.notices.tell(
        'The microphone cannot be used. Allow it for this page in your browser, or choose a sound file.',
      );
    }
  };
  const send = async (sound: Blob): Promise<void> => {
    setKept(sound);
    try {
      const { fileId } = await desk.upload(sound, 'voice-message.wav');
      desk.outgoing.say(conversationId, { type: 'voice', fileId }, 'Voice message');
      setKept(undefined);
    } catch (error) {
      desk.notices.tell(explainRefusal(error));
    }
  };
  const finish = async (): Promise<void> => {
    if (recording === undefined) return;
    setRecording(undefined);
    try {
      await send(await recording.finish());
    } catch {
      desk.notices.tell('This recording cannot be read. Try once more.');
    }
  };

  if (kept !== undefined) {
    return (
      <button type="button" class="button small" onClick={() => void send(kept)}>
        <MicIcon /> Send the recording
      </button>
    );
  }
  if (recording === undefined) {
    return (
      <>
        {mayRecord() && (
          <button
            type="button"
            class="icon-button"
            aria-label="Record a voice message"
            title="Record a voice message"
            onClick={() => void start()}
          >
            <MicIcon />
          </button>
        )}
        <FilesButton
          words="Send a sound file as a voice message"
          accept="audio/*"
          onFiles={(files) => {
            for (const file of files) attachVoice(desk, conversationId, file);
          }}
        >
          <SoundFileIcon />
        </FilesButton>
      </>
    );
  }
  return (
    <span class="recording" role="group" aria-label="Recording">
      <Elapsed />
      <button
        type="button"
        class="icon-button"
        aria-label="Throw the recording away"
        onClick={() => {
          recording.cancel();
          setRecording(undefined);
        }}
      >
        <CloseIcon />
      </button>
      <button type="button" class="icon-button" aria-label="Send the recording" onClick={() => void finish()}>
        <SendIcon />
      </button>
    </span>
  );
}

function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="elapsed">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}
