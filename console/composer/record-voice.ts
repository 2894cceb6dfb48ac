export interface Recording {
  /** Ends it and answers what was recorded. */
  finish(): Promise<Blob>;
  cancel(): void;
}

/** What messengers play, the best first; which of them a browser can record differs. */
const kinds = ['audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm;codecs=opus'];

export function mayRecord(): boolean {
  return 'MediaRecorder' in window && navigator.mediaDevices?.getUserMedia !== undefined;
}

/** Asks for the microphone and records until told to finish. */
export async function recordVoice(): Promise<Recording> {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = kinds.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(sound, mimeType === undefined ? {} : { mimeType });
  const pieces: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  recorder.start(1_000);
  const silence = (): void => sound.getTracks().forEach((track) => track.stop());
  return {
    finish: () =>
      new Promise((resolve) => {
        recorder.addEventListener('stop', () => resolve(new Blob(pieces, { type: recorder.mimeType })), {
          once: true,
        });
        recorder.stop();
        silence();
      }),
    cancel: () => {
      recorder.stop();
      silence();
    },
  };
}

export function voiceFileName(type: string): string {
  const ending = type.includes('ogg') ? 'ogg' : type.includes('mp4') ? 'm4a' : 'webm';
  return `voice-message.${ending}`;
}
