import { signal } from '@preact/signals';

const NAME = 'agent-desk.alerting';

/** Off until the agent asks for it. The choice is the only thing kept in this browser. */
export const isAlerting = signal(mayAlert() && localStorage.getItem(NAME) === 'on');

function mayAlert(): boolean {
  try {
    return 'Notification' in window && Notification.permission === 'granted' && localStorage !== null;
  } catch {
    return false;
  }
}

export async function setAlerting(isWanted: boolean): Promise<'on' | 'off' | 'not_allowed'> {
  if (!isWanted) {
    isAlerting.value = false;
    localStorage.removeItem(NAME);
    return 'off';
  }
  if (!('Notification' in window) || (await Notification.requestPermission()) !== 'granted')
    return 'not_allowed';
  isAlerting.value = true;
  localStorage.setItem(NAME, 'on');
  playBlip();
  return 'on';
}

/** Two soft tones, made on the spot: no sound file to load. */
export function playBlip(): void {
  const audio = new AudioContext();
  for (const [at, pitch] of [
    [0, 660],
    [0.12, 880],
  ] as const) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const start = audio.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.06, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.000_1, start + 0.22);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.25);
  }
  setTimeout(() => void audio.close(), 600);
}
