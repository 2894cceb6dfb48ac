import { encodeWav } from './encode-wav.js';

export interface Recording {
  /** Ends it and answers what was recorded, as WAV. */
  finish(): Promise<Blob>;
  cancel(): void;
}

/** Plenty for speech: a minute has 1.9 MB, so that 25 MB hold thirteen. */
const SAMPLES_PER_SECOND = 16_000;

export function mayRecord(): boolean {
  // Pages without TLS have no media devices, whatever the types say.
  return 'MediaRecorder' in window && 'mediaDevices' in navigator;
}

/** Asks for the microphone and records until told to finish. */
export async function recordVoice(): Promise<Recording> {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(sound);
  const pieces: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  recorder.start(1_000);
  const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
    for (const track of sound.getTracks()) track.stop();
  };
  return {
    finish: async () => {
      stop();
      await stopped;
      return toWav(new Blob(pieces, { type: recorder.mimeType }));
    },
    cancel: stop,
  };
}

/** Every browser records something else, and some of it looks like a film; WAV is what WotNot names for voice. */
async function toWav(recorded: Blob): Promise<Blob> {
  const decoder = new OfflineAudioContext(1, 1, SAMPLES_PER_SECOND);
  const decoded = await decoder.decodeAudioData(await recorded.arrayBuffer());
  const mixer = new OfflineAudioContext(1, Math.max(1, decoded.length), SAMPLES_PER_SECOND);
  const source = mixer.createBufferSource();
  source.buffer = decoded;
  source.connect(mixer.destination);
  source.start();
  const mixed = await mixer.startRendering();
  return encodeWav(mixed.getChannelData(0), SAMPLES_PER_SECOND);
}
